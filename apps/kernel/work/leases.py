"""A worker's hold on one row of work: how long it lasts, and proof of it inside the writing transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from apps.kernel.commands.guards import GuardCall, command_guard
from apps.kernel.work.errors import LeaseLost, OutsideTransaction

# KEY SHARE holds off the next claim and a removal, which lock the whole row, and nothing else: the lease may be
# renewed and the row queued again meanwhile, so nobody who queues waits for a worker's transaction.
PROVE = "SELECT FROM work WHERE id = %s AND fence = %s AND locked_until IS NOT NULL FOR KEY SHARE"
REMOVE = "DELETE FROM work WHERE id = %s AND fence = %s AND locked_until IS NOT NULL AND again_at IS NULL"
RESTART = """
UPDATE work SET due_at = again_at, again_at = NULL, attempts = 0, locked_until = NULL, owner = ''
WHERE id = %s AND fence = %s AND locked_until IS NOT NULL AND again_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row as its worker claimed it. `due_at` is when it was due; `seconds` is the length of the lease.

    `left_by` names the worker whose lease ran out, "" when the row was free.
    """

    id: int
    kind: str
    queue: str
    tenant_id: UUID
    ref_id: UUID
    due_at: datetime
    attempts: int
    fence: int
    seconds: float
    left_by: str


class Lease:
    """The hold on one row. Handlers get it: they check it between steps and complete it with their effect."""

    def __init__(self, work: Claimed, *, since: float) -> None:
        self.work = work
        self.completed = False
        self._lost = False
        self._gives_up_at = float("inf")
        self.renewed(since)

    def check(self) -> None:
        """Go on only while the lease lasts, as far as this process knows. Raises LeaseLost."""
        if self._lost or time.monotonic() >= self._until:
            raise LeaseLost(kind=self.work.kind)

    def guard(self) -> None:
        """Prove the lease to the running transaction, which keeps it until its end.

        Commands that a handler calls do this by themselves. Raises LeaseLost when another worker holds the row,
        OutsideTransaction where there is nothing to guard.
        """
        if not self._told(PROVE, "the guard of a lease"):
            self.lost()
            raise LeaseLost(kind=self.work.kind)

    def complete(self) -> None:
        """Take the row out with the running transaction: its effect happens once, even if the worker dies now.

        The last statement of that transaction, so that locks are taken in one order. A row that was queued again
        meanwhile stays and comes due for that. Raises like `guard`.
        """
        if not (self._told(REMOVE, "the completion of work") or self._told(RESTART, "the completion of work")):
            self.lost()
            raise LeaseLost(kind=self.work.kind)
        self.completed = True

    def renewed(self, since: float) -> None:
        """Count the lease from `since` (monotonic seconds), when it was asked for in the database."""
        self._until = since + self.work.seconds
        self.renew_at = since + self.work.seconds / 3

    def lasts(self, longest: timedelta) -> None:
        """Renew the lease no longer than that from now: a step that hangs loses it, and others go on."""
        self._gives_up_at = time.monotonic() + longest.total_seconds()

    def is_renewable(self, now: float) -> bool:
        """Say whether it is time to renew the lease, and whether that still makes sense (monotonic seconds)."""
        return self.renew_at <= now < self._gives_up_at

    def lost(self) -> None:
        """Remember that the database gave the row to somebody else."""
        self._lost = True

    def _told(self, statement: str, what: str) -> bool:
        if not connection.in_atomic_block:
            raise OutsideTransaction(what=what)
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.work.id, self.work.fence])
            return bool(cursor.rowcount)


_held: ContextVar[Lease | None] = ContextVar("agora_lease", default=None)


def current_lease() -> Lease | None:
    """The lease under which this code runs; None outside a handler."""
    return _held.get()


@contextmanager
def holding(lease: Lease) -> Iterator[Lease]:
    """Run a handler under its lease."""
    token = _held.set(lease)
    try:
        yield lease
    finally:
        _held.reset(token)


@command_guard("kernel.work.fence", pattern="*", priority=-1000, essential=True)
def demand_lease(call: GuardCall) -> None:
    """Let a command that a handler calls write only while the handler's lease holds."""
    lease = current_lease()
    if lease is not None:
        lease.guard()
