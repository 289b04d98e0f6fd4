"""What the module does: queue, send, look after and repeat mails."""

from apps.notifications.services.operating import cancel_mail, retry_mail, retry_mails
from apps.notifications.services.queueing import OutboxMailer

__all__ = ["OutboxMailer", "cancel_mail", "retry_mail", "retry_mails"]
