"""One action over many rows and its undo: seconds, and memory that must not grow with the rows."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from apps.kernel.commands.declarations import command
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import current_scope, using_scope
from benchmarks.backend import watching_backend
from benchmarks.figures import Figure
from benchmarks.houses import REASON, ids, no_example, staff_scope
from benchmarks.options import Options

LARGE = 100_000
MOST_SECONDS = 30
MOST_MEGABYTES = 30
CODES = 17_000  # an organization has a currency once, and there are 26³ codes
INSERT = """
INSERT INTO currency (id, tenant_id, organization_id, created_at, updated_at, version, code, name, symbol,
    decimal_places, is_active, is_base)
SELECT uuid7(), %(tenant)s, (%(organizations)s::uuid[])[number / %(codes)s + 1], now(), now(), 1,
    chr(65 + code / 676) || chr(65 + code / 26 %% 26) || chr(65 + code %% 26), 'New', 's', 2, true, false
FROM (SELECT number, number %% %(codes)s AS code FROM generate_series(0, %(rows)s - 1) AS number) AS numbers
"""
CHANGE = "UPDATE currency SET name = 'Changed'"
DELETE = "DELETE FROM currency"


@command(
    "benchmarks.currency.mass",
    open_reason=REASON,
    resource="currencies.currency",
    example=no_example,
)
def mass(sql: str, *, rows: int) -> None:
    """Run one statement over many rows."""
    scope = current_scope()
    values: dict[str, Any] = {
        "tenant": scope.tenant_id,
        "organizations": sorted(scope.organization_ids),
        "codes": CODES,
        "rows": rows,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(sql, values if sql == INSERT else None)


def run(options: Options) -> Iterator[Figure]:
    """Insert, change and delete all rows, each in one action; take each back and measure it."""
    rows = options.size(LARGE)
    scope = staff_scope(ids(1)[0], ids(rows // CODES + 1))
    with using_scope(scope):
        yield from _measured("insert", INSERT, rows)
        mass(INSERT, rows=rows)
        yield from _measured("update", CHANGE, rows)
        yield from _measured("delete", DELETE, rows)


def _measured(name: str, sql: str, rows: int) -> Iterator[Figure]:
    with collecting_actions() as actions:
        doing, _ = _taken(lambda: mass(sql, rows=rows))
    with watching_backend() as watch:
        undoing, grown = _taken(lambda: undo(actions[-1]))
    yield Figure(
        f"{rows:,} rows of {name} undone",
        undoing,
        "s",
        baseline=doing,
        against="the action itself, with its row images",
        target=f"< {MOST_SECONDS} s",
        met=undoing < MOST_SECONDS,
        note=f"{rows / undoing:,.0f} rows/s; the action {rows / doing:,.0f} rows/s",
    )
    limit = f"≤ {MOST_MEGABYTES} MB"
    yield Figure("  more memory in this process", grown, "MB", target=limit, met=grown <= MOST_MEGABYTES)
    if watch.most is not None:
        yield Figure("  most memory of the database process", watch.most, "MB")


def _taken(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds that the call took, and the megabytes by which the process's peak grew."""
    before, started = _peak(), time.perf_counter()
    call()
    return time.perf_counter() - started, _peak() - before


def _peak() -> float:
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
