"""Carries one notification to its reader by a channel: a mail, or what a module has declared."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.addresses import address_if_any
from apps.kernel.ports import Mailer
from apps.kernel.registry.notices import CHANNELS, EMAIL, RECIPIENTS, Audience, Message, Recipient
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.notifications.models import Notification, Status
from apps.notifications.notifications import NOTIFICATION_MAIL
from apps.notifications.selectors import is_live


def carry(channel_id: str, notification_id: UUID, lease: Lease) -> None:
    """Carry it now. What was read meanwhile, has expired, or whose reader is gone, goes nowhere.

    A mail is queued together with the end of the work, so that there is one. A module's channel is called outside
    any transaction, at least once. Raises LeaseLost, and what the channel raises.
    """
    channel = CHANNELS[channel_id]
    with scoped_transaction():
        lease.guard()
        message = _message(notification_id)
        if message is None or channel.deliver is None:
            if message is not None and channel_id == EMAIL:
                _mail(message)
            lease.complete()
            return
    lease.check()
    channel.deliver(message)
    with scoped_transaction():
        lease.complete()


def _message(notification_id: UUID) -> Message | None:
    rows = Notification.objects.select_for_update(no_key=True, of=("self",)).filter(is_live(), status=Status.UNREAD)
    row: Notification | None = rows.filter(pk=notification_id).first()
    reader = reader_of(row.recipient_kind, row.recipient_id) if row is not None else None
    if row is None or reader is None:
        return None
    return Message(row.pk, row.type, row.severity, reader, row.title, row.body, row.link)


def reader_of(kind: str, recipient_id: UUID) -> Recipient | None:
    """The person, None for one who cannot be told anything any more."""
    book = RECIPIENTS.get(kind)
    if book is None:
        return None
    found = book.people(Audience(kind, (recipient_id,)), after=None, most=1, organization_id=None).found
    return found[0] if found else None


def _mail(message: Message) -> None:
    reader = message.reader
    texts = {"title": message.title, "body": message.body, "address": message.link or list_address()}
    service(Mailer).queue(NOTIFICATION_MAIL, reader.email, texts, locale=reader.locale)


def list_address() -> str:
    """The page with everybody's own notifications, the start where there is no back office."""
    return address_if_any("admin:notifications_notification_changelist") or "/"
