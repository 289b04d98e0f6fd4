"""What the module does: queue, send, look after and repeat mails; say, move along and act upon notifications."""

from apps.notifications.services.choosing import Choice, choose
from apps.notifications.services.inbox import act, dismiss, mark_all_read, mark_read, restore
from apps.notifications.services.notifying import StoredNotifier, create_notice
from apps.notifications.services.operating import cancel_mail, retry_mail, retry_mails
from apps.notifications.services.queueing import OutboxMailer
from apps.notifications.services.saying import say_next

__all__ = [
    "Choice",
    "OutboxMailer",
    "StoredNotifier",
    "act",
    "cancel_mail",
    "choose",
    "create_notice",
    "dismiss",
    "mark_all_read",
    "mark_read",
    "restore",
    "retry_mail",
    "retry_mails",
    "say_next",
]
