"""Back office pages: sent mails, everybody's own notifications, and what they have chosen."""

from apps.notifications.admin.inbox import NotificationPage
from apps.notifications.admin.mails import MailPage

__all__ = ["MailPage", "NotificationPage"]
