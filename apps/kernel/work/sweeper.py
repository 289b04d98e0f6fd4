"""Run what is due: claim a batch, run each row in its tenant's scope, settle it, until nothing is due."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from uuid import UUID

from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.errors import PlatformError
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import settling, ticking  # noqa: F401 - ticking declares the kernel's own kind
from apps.kernel.work.claims import BATCH, claim
from apps.kernel.work.closed import CLOSED_TENANT, is_closed
from apps.kernel.work.errors import LeaseLost, NeedsConfiguration, Permanent, Retry, WorkFailed
from apps.kernel.work.keeping import Batch
from apps.kernel.work.kinds import KINDS, WorkKind
from apps.kernel.work.leases import Claimed, Lease, holding
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.parking import UNKNOWN_KIND
from apps.kernel.work.storage import DEFAULT_QUEUE
from apps.kernel.work.together import TOGETHER, sweep_together
from apps.kernel.work.waking import wake_now

logger = logging.getLogger(__name__)

BUDGET = 20.0  # seconds after which a sweep ends, so that messages of other kinds have their turn


def sweep(queue: str = DEFAULT_QUEUE, *, budget: float = BUDGET, batch: int = BATCH) -> Counter[Outcome]:
    """Run rows of a queue until nothing is due or `budget` seconds have passed; count what became of them.

    Any number of sweepers may run at once: each row is claimed by one of them.
    """
    if queue in TOGETHER:
        return sweep_together(TOGETHER[queue], budget=budget)
    outcomes: Counter[Outcome] = Counter()
    deadline = time.monotonic() + budget
    while time.monotonic() < deadline:
        since = time.monotonic()
        rows = claim(queue, limit=batch)
        if not rows:
            break
        if len(rows) == batch and not outcomes:
            wake_now(queue)  # there is more than one worker's share: let an idle one help
        _run_batch(_prudent(rows), since, deadline, outcomes)
    return outcomes


def _prudent(rows: Sequence[Claimed]) -> Sequence[Claimed]:
    """All rows, unless one of them was left behind by its worker: it may have killed it, and runs alone."""
    left = next((row for row in rows if row.left_by), None)
    if left is None:
        return rows
    settling.hand_back([row for row in rows if row is not left])
    return [left]


def _run_batch(rows: Sequence[Claimed], since: float, deadline: float, outcomes: Counter[Outcome]) -> None:
    rests = cache(is_closed)  # asked once for each tenant of the batch
    with Batch(rows, since=since) as held:
        while time.monotonic() < deadline and (lease := held.next()) is not None:
            outcomes[_run(lease, rests)] += 1


def _run(lease: Lease, rests: Callable[[UUID], bool]) -> Outcome:
    work = lease.work
    kind = KINDS.get(work.kind)
    if kind is None:
        return _park(work, UNKNOWN_KIND)
    if work.attempts > kind.attempts:
        return _park(work, f"gave up after {kind.attempts} attempts: the last worker did not come back")
    if rests(work.tenant_id):
        settling.wait(work, CLOSED_TENANT)
        return Outcome.RESTING
    try:
        with _scope_of(kind, work.tenant_id), invoked(source=Source.TASK), holding(lease):
            kind.handler(work.ref_id, lease)
    except LeaseLost:
        logger.warning("lost the lease on %s %s", work.kind, work.ref_id)
        return Outcome.LOST
    except Exception as error:  # noqa: BLE001 - the top of a task: one row's failure is not the next one's
        return _failed(kind, work, error)
    if not lease.completed:
        settling.finish(work)
    return Outcome.DONE


@contextmanager
def _scope_of(kind: WorkKind, tenant_id: UUID) -> Iterator[None]:
    with system_scope(tenant_id, kind.id):
        if not kind.sees_organizations:
            yield
            return
        with scoped_transaction():
            living = service(OrganizationTree).all_living()
        with system_scope(tenant_id, kind.id, organization_ids=living):
            yield


def _failed(kind: WorkKind, work: Claimed, error: Exception) -> Outcome:
    if isinstance(error, Permanent | NeedsConfiguration):
        return _park(work, f"{error.code}: {error.reason}", error)
    if work.attempts >= kind.attempts:
        return _park(work, f"gave up after {work.attempts} attempts: {_named(error)}", error)
    logger.warning("%s %s failed, attempt %s", work.kind, work.ref_id, work.attempts, exc_info=error)
    if isinstance(error, Retry) and error.after is not None:
        settling.postpone(work, error.after)
    else:
        settling.postpone_by(work, kind.backoff)
    return Outcome.RETRIED


def _park(work: Claimed, reason: str, error: Exception | None = None) -> Outcome:
    logger.error("%s %s is parked: %s", work.kind, work.ref_id, reason, exc_info=error)
    settling.park_claimed(work, reason)
    return Outcome.PARKED


def _named(error: Exception) -> str:
    """A failure without the values in its message, which may be a tenant's."""
    if isinstance(error, WorkFailed):
        return error.reason
    return error.code if isinstance(error, PlatformError) else type(error).__name__
