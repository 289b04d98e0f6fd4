"""Work that is done in large batches: all due rows of one tenant in one transaction, for what is short and frequent."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.db import connection

from apps.kernel.registry.store import Registry
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import settling
from apps.kernel.work.calculations import Backoff
from apps.kernel.work.claims import claim
from apps.kernel.work.closed import CLOSED_TENANT, is_closed
from apps.kernel.work.leases import Claimed
from apps.kernel.work.outcomes import Outcome

logger = logging.getLogger(__name__)

# The proof holds off the next claim until the transaction ends; whoever lost some rows does the others' work only.
PROVE_ALL = """
SELECT w.id FROM work w JOIN unnest(%s::bigint[], %s::bigint[]) AS held (id, fence) USING (id, fence)
WHERE w.locked_until IS NOT NULL ORDER BY w.id FOR KEY SHARE OF w
"""
REMOVE_ALL = "DELETE FROM work WHERE id = ANY(%s)"

STRANGE_ROW = timedelta(seconds=30)  # until another process looks at what this one does not know

SetHandler = Callable[[Sequence[UUID]], Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class WorkTogether:
    """A kind whose due rows are handled together, `most` at a time, in a queue that it has for itself."""

    id: str
    handler: SetHandler
    queue: str
    most: int
    backoff: Backoff


TOGETHER: Registry[WorkTogether] = Registry("queue of work done together")


def work_together(
    kind_id: str, *, queue: str, most: int = 500, backoff: Backoff | None = None
) -> Callable[[SetHandler], SetHandler]:
    """Declare the handler of a kind whose rows are done together: it gets the `ref_id`s of one tenant's rows.

    It answers with those that are done; the others are left for another process, for a while.
    It runs in a system scope of the tenant, in the transaction that takes the rows out, so its effect happens once.
    It is short: nobody renews its lease. A failure is tried again, without end: such a kind has no poison of its own.
    """

    def declare(handler: SetHandler) -> SetHandler:
        TOGETHER.add(queue, WorkTogether(kind_id, handler, queue, most, backoff or Backoff()))
        return handler

    return declare


def sweep_together(kind: WorkTogether, *, budget: float) -> Counter[Outcome]:
    """Handle due rows until none is left or `budget` seconds have passed; any number of sweepers at once."""
    outcomes: Counter[Outcome] = Counter()
    deadline = time.monotonic() + budget
    asked = cache(is_closed)  # once for each tenant of the sweep
    while time.monotonic() < deadline and (rows := claim(kind.queue, limit=kind.most)):
        for tenant_id, of_tenant in _by_tenant(rows):
            outcomes[_handle(kind, tenant_id, of_tenant, asked)] += len(of_tenant)
    return outcomes


def _by_tenant(rows: Sequence[Claimed]) -> Iterator[tuple[UUID, list[Claimed]]]:
    grouped: defaultdict[UUID, list[Claimed]] = defaultdict(list)
    for row in rows:
        grouped[row.tenant_id].append(row)
    yield from grouped.items()


def _handle(kind: WorkTogether, tenant_id: UUID, rows: Sequence[Claimed], rests: Callable[[UUID], bool]) -> Outcome:
    if rests(tenant_id):
        for row in rows:
            settling.wait(row, CLOSED_TENANT)
        return Outcome.RESTING
    try:
        with system_scope(tenant_id, kind.id), scoped_transaction():
            held = _proven(rows)
            done = set(kind.handler([row.ref_id for row in held])) if held else set()
            _remove([row.id for row in held if row.ref_id in done])
    except Exception:
        logger.exception("%s failed for %s rows; they are tried again", kind.id, len(rows))
        for row in rows:
            settling.postpone_by(row, kind.backoff)
        return Outcome.RETRIED
    for row in held:
        if row.ref_id not in done:
            settling.postpone(row, STRANGE_ROW)
    return Outcome.DONE


def _proven(rows: Sequence[Claimed]) -> list[Claimed]:
    """The rows that this process still holds, and keeps until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(PROVE_ALL, [[row.id for row in rows], [row.fence for row in rows]])
        still = {row_id for (row_id,) in cursor.fetchall()}
    return [row for row in rows if row.id in still]


def _remove(ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REMOVE_ALL, [list(ids)])
