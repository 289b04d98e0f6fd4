"""Mails, notifications, and what people have chosen about them."""

from apps.notifications.models.mails import KEPT, WAITING, Content, Mail, MailStatus
from apps.notifications.models.notices import LIVE_GROUP, Notice, Notification, Status
from apps.notifications.models.preferences import DigestEvery, NotificationPreference, NotificationSettings

__all__ = [
    "KEPT",
    "LIVE_GROUP",
    "WAITING",
    "Content",
    "DigestEvery",
    "Mail",
    "MailStatus",
    "Notice",
    "Notification",
    "NotificationPreference",
    "NotificationSettings",
    "Status",
]
