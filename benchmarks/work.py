"""Work that is due: how many rows a second one sweeper claims, and how many it claims, runs and settles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel.work.claims import BATCH, claim
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.storage import DEFAULT_QUEUE
from apps.kernel.work.sweeper import sweep
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import open_tenants
from benchmarks.options import Options
from benchmarks.timing import Reading, milliseconds, take_turns

LARGE = 1_000_000
KIND = "benchmarks.probe"
SIMPLE = "benchmarks_simple"  # the queue of the baseline
TENANTS = 20
ROUNDS, WARM_UP = 100, 10
SWEPT, SWEEPS = 100, 20
LOAD = """
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
SELECT %(kind)s, queue, (%(tenants)s::uuid[])[number %% %(count)s + 1], uuid7(), now() - make_interval(secs => number)
FROM generate_series(1, %(rows)s) AS number, unnest(%(queues)s::text[]) AS queue
"""
# The shortest claim there is: the oldest rows, whoever's they are.
OLDEST = """
UPDATE work SET attempts = attempts + 1, fence = fence + 1, owner = 'simple',
    locked_until = now() + interval '30 s', due_at = now() + interval '30 s'
WHERE id IN (
    SELECT id FROM work WHERE queue = %(queue)s AND parked_at IS NULL AND due_at <= now()
    ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""
TAKE_OUT = "DELETE FROM work WHERE id = %s"


@work_kind(KIND)
def do_nothing(ref_id: UUID, lease: Lease) -> None:
    """Be done at once."""


def run(options: Options) -> Iterator[Figure]:
    """Claim batches in turns with the simplest claim, from a long backlog; then sweep."""
    rows, tenants = options.size(LARGE) // 10, open_tenants(TENANTS)
    queues = [DEFAULT_QUEUE, SIMPLE]
    with loading() as session:
        values = {"kind": KIND, "queues": queues, "tenants": tenants, "count": TENANTS, "rows": rows}
        session.execute(LOAD, values)
    yield _claims(rows)
    with loading() as session:
        session.execute("TRUNCATE work")
    yield _sweeps(tenants)


def _claims(rows: int) -> Figure:
    readings = {"claim": _per_second(_claim), "oldest": _per_second(_claim_oldest)}
    taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
    return Figure(
        f"claims from {rows:,} due rows of {TENANTS} tenants",
        taken["claim"].median,
        "a second",
        baseline=taken["oldest"].median,
        against=f"the oldest {BATCH} rows with SKIP LOCKED, without turns for the tenants",
    )


def _per_second(call: Callable[[], object]) -> Reading:
    read = milliseconds(call)
    return lambda: BATCH * 1_000 / read()


def _claim() -> None:
    assert len(claim(DEFAULT_QUEUE)) == BATCH


def _claim_oldest() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, {"queue": SIMPLE, "batch": BATCH})
        assert len(cursor.fetchall()) == BATCH


def _sweeps(tenants: list[UUID]) -> Figure:
    readings = {"sweep": _swept(tenants), "delete": _deleted(tenants)}
    taken = take_turns(readings, rounds=SWEEPS, warm_up=2)
    return Figure(
        f"rows claimed, run and settled, {SWEPT} at a time",
        taken["sweep"].median,
        "a second",
        baseline=taken["delete"].median,
        against="one DELETE for each row, each in a transaction of its own",
        note="the handler does nothing; one process",
    )


def _swept(tenants: list[UUID]) -> Reading:
    def read() -> float:
        _put(DEFAULT_QUEUE, tenants)
        return SWEPT * 1_000 / milliseconds(sweep)()

    return read


def _deleted(tenants: list[UUID]) -> Reading:
    def read() -> float:
        rows = _put(SIMPLE, tenants)
        with connection.cursor() as cursor:
            return SWEPT * 1_000 / milliseconds(lambda: [cursor.execute(TAKE_OUT, [row]) for row in rows])()

    return read


def _put(queue: str, tenants: list[UUID]) -> list[int]:
    """Have rows come due and answer their ids."""
    values: dict[str, Any] = {"kind": KIND, "queues": [queue], "tenants": tenants, "count": TENANTS, "rows": SWEPT}
    with connection.cursor() as cursor:
        cursor.execute(f"{LOAD} RETURNING id", values)
        return [row for (row,) in cursor.fetchall()]
