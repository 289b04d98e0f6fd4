"""Work of the notifications module: mails, what waits to be said, digests, channels, and the hourly tidying up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from apps.kernel.registry.notices import CHANNELS, EMAIL, Channel
from apps.kernel.work.calculations import Backoff
from apps.kernel.work.errors import LeaseLost
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.notifications.selectors import MAIL_WORK
from apps.notifications.services.carrying import carry
from apps.notifications.services.delivery import deliver, note_failure, whole_tenant
from apps.notifications.services.digesting import send_digest
from apps.notifications.services.notifying import NOTICE_WORK
from apps.notifications.services.saying import DIGEST_WORK, say_next, work_kind_of
from apps.notifications.services.sending import failure_of, is_foreseen
from apps.notifications.services.upkeep import UPKEEP_WORK, look_after_mails, look_after_notifications

# 5 s, 10 s, 20 s … 1 h: sixteen tries in a good six hours, which a mail server's bad afternoon may last.
BACKOFF = Backoff(first=timedelta(seconds=5))


@work_kind(MAIL_WORK, attempts=16, backoff=BACKOFF)
def send_mail(mail_id: UUID, lease: Lease) -> None:
    """Send one mail, and note in its row what became of it."""
    with whole_tenant(MAIL_WORK):
        try:
            deliver(mail_id, lease)
        except LeaseLost:
            raise
        except Exception as error:
            failure = failure_of(error)
            note_failure(mail_id, lease, failure)
            if is_foreseen(error):
                raise failure from None  # the server's words name the recipient, and the log keeps causes
            raise failure from error


@work_kind(UPKEEP_WORK)
def tidy_mails(tenant_id: UUID, lease: Lease) -> None:
    """Give up lost mails of the tenant, and remove texts that were kept long enough."""
    with whole_tenant(UPKEEP_WORK):
        look_after_mails(lease)
        look_after_notifications(lease)


@work_kind(NOTICE_WORK)
def say_notice(notice_id: UUID, lease: Lease) -> None:
    """Tell an audience, a thousand people in each transaction; a crash goes on where it ended."""
    with whole_tenant(NOTICE_WORK):
        while say_next(notice_id):
            lease.check()


@work_kind(DIGEST_WORK)
def mail_digest(reader_id: UUID, lease: Lease) -> None:
    """Send somebody the digest of what waits for it."""
    with whole_tenant(DIGEST_WORK):
        send_digest(reader_id, lease)


def carry_by(channel: Channel) -> None:
    """Declare the work that carries notifications by a channel; the list and the digest are not carried."""
    if channel.deliver is not None or channel.id == EMAIL:
        work_kind(work_kind_of(channel.id), attempts=channel.attempts)(_carrier(channel.id))


def _carrier(channel_id: str) -> Callable[[UUID, Lease], None]:
    def carry_one(notification_id: UUID, lease: Lease) -> None:
        with whole_tenant(work_kind_of(channel_id)):
            carry(channel_id, notification_id, lease)

    return carry_one


def carry_by_all() -> None:
    """The same for every declared channel, when all modules have declared theirs."""
    for channel in CHANNELS.values():
        carry_by(channel)
