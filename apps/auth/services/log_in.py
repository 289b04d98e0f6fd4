"""Log-in: every refusal takes the same steps, one bcrypt among them, and gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import is_password_usable, verify_password
from django.db import connection
from django.db.models import Q, QuerySet

from apps.auth.calculations import Attempts, attempted, is_locked
from apps.auth.models import LoginState, User
from apps.auth.selectors import encodable, tenant_named
from apps.auth.services.checks import LONGEST_PASSWORD
from apps.auth.services.passwords import rehash_password
from apps.kernel import clock
from apps.kernel.crypto.tokens import installation_digest
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import CredentialIndex
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.web.metrics.instruments import count_log_in_refusal
from apps.kernel.work.queueing import enqueue

KIND = "email"
DOOR = "staff"
LOCK_NOTICE = "auth.lock_notice"
FAILURE = "auth.log_in_failure"
NO_TENANT = UUID(int=0)
MAY_LOG_IN = Q(deleted_at__isnull=True, is_active=True, is_confirmed=True)
# The fifth attempt locks before its password is compared: a right one takes the lock away again.
TIME_TO_SUCCEED = timedelta(seconds=10)
COUNTERS = ("failed_attempts", "lock_count", "locked_until")


def log_in(email: str, password: str, *, tenant: str | UUID | None = None) -> User | None:
    """The user whose address and password these are; None for every refusal.

    `tenant` is an id or an organization's handle, for an address that works in several tenants. The attempt
    is counted, and committed, before the password is compared, so that no burst gets more tries than five.
    """
    tenant_id, user_id = _candidate(email, tenant)
    return _attempt(tenant_id, user_id, password, last_login=clock.now())


def proves_password(user: User, password: str) -> bool:
    """Say whether it is the user's password; counts as an attempt, so a locked account proves nothing."""
    return _attempt(user.tenant_id, user.pk, password) is not None


def entries_of_address(email: str, tenant: str | UUID | None) -> QuerySet[CredentialIndex]:
    """Where users with the address are, in the global index: one entry for each, in the named tenant or in all."""
    entries = CredentialIndex.objects.filter(kind=KIND, digest=installation_digest(encodable(email)))
    return entries if tenant is None else entries.filter(tenant_id=tenant_named(tenant) or NO_TENANT)


def _attempt(tenant_id: UUID, user_id: UUID, password: str, **on_success: object) -> User | None:
    stored = _begin_attempt(tenant_id, user_id)
    is_right, is_outdated = _compare(password, stored)
    if stored is None or not is_right:
        count_log_in_refusal(DOOR)
        _note_failure(tenant_id, user_id)
        return None
    user = _succeed(tenant_id, user_id, **on_success)
    if user is not None and is_outdated:
        with system_scope(tenant_id, "password hash renewed"):
            rehash_password(user_id, password=password)
    return user


def _candidate(email: str, tenant: str | UUID | None) -> tuple[UUID, UUID]:
    """Tenant and user of the address; ids of nothing unless there is exactly one."""
    found = list(entries_of_address(email, tenant).values_list("tenant_id", "subject_id")[:2])
    return found[0] if len(found) == 1 else (NO_TENANT, uuid4())


def _begin_attempt(tenant_id: UUID, user_id: UUID) -> str | None:
    """Count the attempt and hand out the password's hash; None where no log-in is possible now."""
    now = clock.now()
    with _own_transaction(tenant_id):
        _skip_flush()
        is_open = service(OrganizationTree).tenant_is_open(tenant_id)
        works = User.objects.filter(MAY_LOG_IN, pk=user_id).exists()
        state = LoginState.objects.select_for_update().filter(pk=user_id).first()
        before = attempts_of(state) if state else Attempts()
        after = before if is_locked(before, now) else attempted(before, now)
        LoginState.objects.filter(pk=user_id).update(**_columns(after))
        if state is not None and after.locks > before.locks:
            enqueue(LOCK_NOTICE, user_id, now + TIME_TO_SUCCEED)
    possible = state is not None and is_open and works and not is_locked(before, now)
    return state.password if state is not None and possible and _has_password(state) else None


def _succeed(tenant_id: UUID, user_id: UUID, **changes: object) -> User | None:
    with _own_transaction(tenant_id):
        LoginState.objects.filter(pk=user_id).update(**_columns(Attempts()), **changes)
        user: User | None = User.objects.filter(MAY_LOG_IN, pk=user_id).first()
        return user


def _note_failure(tenant_id: UUID, user_id: UUID) -> None:
    """Have a worker tell of it: one row for whoever it was, so that an unknown address takes the same step."""
    with _own_transaction(tenant_id):
        _skip_flush()
        enqueue(FAILURE, user_id)


def attempts_of(state: LoginState) -> Attempts:
    """What has been counted for the user."""
    return Attempts(state.failed_attempts, state.lock_count, state.locked_until)


def _columns(attempts: Attempts) -> dict[str, object]:
    return dict(zip(COUNTERS, (attempts.failed, attempts.locks, attempts.locked_until), strict=True))


def _has_password(state: LoginState) -> bool:
    return bool(state.password) and is_password_usable(state.password)


def _compare(password: str, stored: str | None) -> tuple[bool, bool]:
    """Whether the password is right and its hash outdated; one run of bcrypt at the installation's cost, also for "".

    Django hashes something for an empty hash, which no password has, so that the time is the same.
    """
    text = encodable(password)
    is_possible = stored is not None and text == password and len(text) <= LONGEST_PASSWORD
    is_right, is_outdated = verify_password(text[:LONGEST_PASSWORD], stored or "")
    return is_right and is_possible, is_outdated


@contextmanager
def _own_transaction(tenant_id: UUID) -> Iterator[None]:
    with reading_paused(), system_scope(tenant_id, "log-in"), scoped_transaction():
        yield


def _skip_flush() -> None:
    """Do not wait for the disk: the wait would tell a counted attempt from one at an unknown address.

    The attempt is committed and counts; a crash of the server may forget the last fraction of a second.
    """
    with connection.cursor() as cursor:  # scope: a setting of the transaction, no rows
        cursor.execute("SET LOCAL synchronous_commit TO off")
