"""Work of the auth module: mails about passwords and locks, and tidying up."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from apps.auth.services.announcing import SUCCESS, announce_lock, record_failure, record_log_in
from apps.auth.services.log_in import FAILURE, LOCK_NOTICE
from apps.auth.services.resets import ASKED_ANYWHERE, ASKED_IN_ONE, queue_resets
from apps.auth.services.sessions import tidy_up
from apps.auth.sessions import EXPIRY
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(LOCK_NOTICE)
def tell_of_lock(user_id: UUID, lease: Lease) -> None:
    """Tell of a lock, unless it has ended meanwhile."""
    with suppress(RowNotFound):
        announce_lock(user_id)


@work_kind(SUCCESS, queue="events")
def tell_of_log_in(user_id: UUID, lease: Lease) -> None:
    """Tell that somebody signed in, unless they are gone already."""
    with suppress(RowNotFound):
        record_log_in(user_id)


@work_kind(FAILURE, queue="events")
def tell_of_failure(user_id: UUID, lease: Lease) -> None:
    """Tell of wrong passwords, unless there was no such user at all."""
    with suppress(RowNotFound):
        record_failure(user_id)


@work_kind(ASKED_IN_ONE)
def mail_reset(user_id: UUID, lease: Lease) -> None:
    """Mail a token for a new password to the user, if there is one of this id."""
    with scoped_transaction():
        queue_resets(user_id, everywhere=False)
        lease.complete()


@work_kind(ASKED_ANYWHERE)
def mail_resets(user_id: UUID, lease: Lease) -> None:
    """Mail tokens to all users who have the address of this one, each naming its tenant."""
    with scoped_transaction():
        queue_resets(user_id, everywhere=True)
        lease.complete()


@work_kind(EXPIRY)
def tidy_sessions(tenant_id: UUID, lease: Lease) -> None:
    """Delete the tenant's ended sessions and tokens, once a day while there are any."""
    with scoped_transaction():
        tidy_up()
        lease.complete()
