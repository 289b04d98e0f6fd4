"""Work of the notifications module: one row for each mail, and the hourly tidying up."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from apps.kernel.work.calculations import Backoff
from apps.kernel.work.errors import LeaseLost
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.notifications.selectors import MAIL_WORK
from apps.notifications.services.delivery import deliver, note_failure, whole_tenant
from apps.notifications.services.sending import failure_of, is_foreseen
from apps.notifications.services.upkeep import UPKEEP_WORK, look_after_mails

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
