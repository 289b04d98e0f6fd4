"""Kills, races and large tables: what the work room promises, shown with real processes."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import claims, settling
from apps.kernel.work.claims import CLAIM, claim
from apps.kernel.work.models import Work
from apps.kernel.work.queueing import enqueue
from tests.kernel.work_probes import (
    SHORT_LEASE,
    effect_counts,
    effects,
    make_effects,
    process,
    queue_rows,
    wait_for,
)
from tests.support.scopes import House

pytestmark = [pytest.mark.prove, pytest.mark.committed]
PROGRAM = "tests.kernel.work_program"
LEASE = SHORT_LEASE.total_seconds()


@pytest.fixture(autouse=True)
def tables(house: House) -> None:
    make_effects()


def go(*programs: subprocess.Popen[str]) -> None:
    """Let processes that are ready begin at the same moment."""
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()


def await_point(program: subprocess.Popen[str], point: str) -> None:
    assert program.stdout is not None
    assert program.stdout.readline() == f"at {point}\n"


def test_eight_processes_handle_five_hundred_rows_once_each(house: House, other_house: House) -> None:
    refs = queue_rows(house, "tests.steady", 400) + queue_rows(other_house, "tests.steady", 100)
    with ExitStack() as stack:
        programs = [stack.enter_context(process(PROGRAM, "once")) for _ in range(8)]
        go(*programs)
        took = wait_for(lambda: Work.objects.count() == 0, seconds=60)
        outcomes = [program.communicate()[0] for program in programs]
    assert effect_counts() == dict.fromkeys(refs, 1)
    assert not [text for text in outcomes if "lost" in text or "retried" in text], "nobody took another's row"
    workers = {worker for _, worker, _, _ in effects()}
    claimed = statistics.mean(fence for _, _, fence, _ in effects())
    print(f"500 rows by {len(workers)} of 8 processes in {took:.2f} s, each claimed {claimed:.2f} times")
    assert len(workers) > 1


@pytest.mark.parametrize("point", ["start", "guarded", "completed"])
def test_a_killed_worker_is_replaced_within_two_leases(house: House, point: str) -> None:
    [ref] = queue_rows(house, "tests.effect")
    with process(PROGRAM, "once", PAUSE_AT=point) as victim, process(PROGRAM, "forever") as heir:
        go(victim)
        await_point(victim, point)
        go(heir)
        time.sleep(LEASE / 2)
        victim.send_signal(signal.SIGKILL)
        took = wait_for(lambda: effect_counts()[ref])
        wait_for(lambda: Work.objects.count() == 0)
        assert [(row[0], row[1], row[2]) for row in effects()] == [(ref, heir.pid, 2)]
    print(f"killed at {point}: recovered after {took:.2f} s, lease {LEASE:.0f} s")
    assert took <= 2 * LEASE


def test_a_worker_killed_after_its_commit_leaves_nothing_to_do_again(house: House) -> None:
    [ref] = queue_rows(house, "tests.effect")
    with process(PROGRAM, "once", PAUSE_AT="committed") as victim, process(PROGRAM, "forever") as heir:
        go(victim)
        await_point(victim, "committed")
        victim.send_signal(signal.SIGKILL)
        go(heir)
        time.sleep(2 * LEASE)
    assert effect_counts() == {ref: 1}
    assert Work.objects.count() == 0


@pytest.mark.parametrize("heir_is", ["done", "still at it"])
def test_a_worker_that_slept_through_its_lease_writes_nothing(house: House, heir_is: str) -> None:
    [ref] = queue_rows(house, "tests.unfenced")
    pause = {"PAUSE_AT": "start", "PAUSE": "2"} if heir_is == "still at it" else {}
    with (
        process(PROGRAM, "once", PAUSE_AT="start", PAUSE="0.3") as sleeper,
        process(PROGRAM, "forever", **pause) as heir,
    ):
        go(sleeper)
        await_point(sleeper, "start")
        sleeper.send_signal(signal.SIGSTOP)
        go(heir)
        if pause:
            await_point(heir, "start")
        else:
            wait_for(lambda: effect_counts()[ref])
        sleeper.send_signal(signal.SIGCONT)
        assert sleeper.stdout is not None
        assert "lost" in sleeper.stdout.readline()
        wait_for(lambda: effect_counts()[ref])
        assert [(row[1], row[2]) for row in effects()] == [(heir.pid, 2)]


def test_a_worker_stopped_inside_its_transaction_keeps_the_row_until_its_end(house: House) -> None:
    [ref] = queue_rows(house, "tests.effect")
    with process(PROGRAM, "once", PAUSE_AT="guarded", PAUSE="0.2") as sleeper, process(PROGRAM, "forever") as rival:
        go(sleeper)
        await_point(sleeper, "guarded")
        sleeper.send_signal(signal.SIGSTOP)
        go(rival)
        time.sleep(2.5 * LEASE)
        assert effects() == []
        sleeper.send_signal(signal.SIGCONT)
        wait_for(lambda: effect_counts()[ref])
        wait_for(lambda: Work.objects.count() == 0)
        assert [(row[1], row[2]) for row in effects()] == [(sleeper.pid, 1)]


@pytest.mark.parametrize("point", ["start", "guarded"])
def test_a_slow_worker_keeps_its_lease(house: House, point: str) -> None:
    queue_rows(house, "tests.effect")
    with process(PROGRAM, "once", PAUSE_AT=point, PAUSE="3.5") as slow, process(PROGRAM, "forever") as rival:
        go(slow)
        await_point(slow, point)
        go(rival)
        wait_for(lambda: Work.objects.count() == 0)
        assert [(row[1], row[2]) for row in effects()] == [(slow.pid, 1)]


def test_rows_behind_a_slow_one_go_to_somebody_else(house: House) -> None:
    refs = queue_rows(house, "tests.effect", 20)
    with process(PROGRAM, "once", PAUSE_AT="start") as slow, process(PROGRAM, "forever") as helper:
        go(slow)
        await_point(slow, "start")
        go(helper)
        took = wait_for(lambda: len(effects()) == 19)
        assert set(effect_counts()) < set(refs)
        assert {row[1] for row in effects()} == {helper.pid}
    print(f"19 rows behind a slow one were done after {took:.2f} s")


def make_wishes(house: House, number: int) -> list[UUID]:
    """Records that things are wanted of."""
    refs = [uuid7() for _ in range(number)]
    with using_scope(house.scope()), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO wish (ref_id) SELECT unnest(%s::uuid[])", [refs])
    return refs


def wish(house: House, refs: list[UUID]) -> None:
    """Want four things of each record, in the order in which commands lock: the record, then the work."""
    for ref in refs:
        for _ in range(4):
            with using_scope(house.scope()), scoped_transaction(), connection.cursor() as cursor:
                cursor.execute("UPDATE wish SET wanted = wanted + 1 WHERE ref_id = %s", [ref])
                enqueue("tests.wish", ref)
            time.sleep(0.002)
    connection.close()


def test_no_wish_is_lost_between_queueing_and_finishing(house: House) -> None:
    refs = make_wishes(house, 100)
    with ExitStack() as stack:
        go(*[stack.enter_context(process(PROGRAM, "forever")) for _ in range(3)])
        wishers = [threading.Thread(target=wish, args=(house, refs)) for _ in range(2)]
        for wisher in wishers:
            wisher.start()
        for wisher in wishers:
            wisher.join()
        wait_for(lambda: Work.objects.count() == 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(wanted), count(*) FILTER (WHERE wanted <> done) FROM wish")
        assert cursor.fetchone() == (800, 0)
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert cursor.fetchone() == (0,)


FILL = """
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
SELECT 'tests.effect', 'work', tenant, gen_random_uuid(), %s + make_interval(secs => n * %s)
FROM unnest(%s::uuid[]) AS tenant, generate_series(1, %s) AS n
"""


def fill(tenants: list[UUID], rows: int, *, due: datetime, step: float = 0.0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [due, step, tenants, rows])
        cursor.execute("ANALYZE work") if rows * len(tenants) < 0 else None


def analyzed() -> None:
    from tests.support import databases

    with databases.admin(connection.settings_dict["NAME"]) as owner:
        owner.execute("VACUUM ANALYZE work")


def plan() -> tuple[float, set[str]]:
    """Milliseconds of one claim inside the server, and the node types that touch the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM}", claims._params("work", claims.BATCH))
        [answer] = cursor.fetchone()
    answer = json.loads(answer) if isinstance(answer, str) else answer
    scans: set[str] = set()
    visit(answer[0]["Plan"], scans)
    return answer[0]["Execution Time"], scans


def visit(node: dict[str, Any], scans: set[str]) -> None:
    if node.get("Relation Name") == "work" and "Scan" in node["Node Type"]:
        scans.add(f"{node['Node Type']} {node.get('Index Name', '')}".strip())
    for child in node.get("Plans", []):
        visit(child, scans)


def timed_claims(number: int) -> list[float]:
    found = []
    for _ in range(number):
        began = time.perf_counter()
        rows = claim("work")
        found.append(time.perf_counter() - began)
        for row in rows:
            settling.finish(row)
    return found


@pytest.mark.parametrize(
    ("name", "tenants", "rows", "due"),
    [
        ("100,000 timers of 10,000 tenants, none due", 10_000, 10, timedelta(days=1)),
        ("100,000 due rows of 10,000 tenants", 10_000, 10, timedelta(hours=-1)),
        ("100,000 due rows of one tenant", 1, 100_000, timedelta(hours=-1)),
        ("1,000,000 due rows of one tenant", 1, 1_000_000, timedelta(days=-20)),
    ],
)
def test_a_claim_reads_indexes_only_however_large_the_table(
    house: House, name: str, tenants: int, rows: int, due: timedelta
) -> None:
    fill([uuid7() for _ in range(tenants)], rows, due=datetime.now(UTC) + due, step=0.001)
    analyzed()
    milliseconds, scans = plan()
    found = timed_claims(30)
    print(f"{name}: {milliseconds:.1f} ms in the server; claim median {statistics.median(found) * 1000:.1f} ms,")
    print(f"    max {max(found) * 1000:.1f} ms; {sorted(scans)}")
    assert not any(scan.startswith("Seq") for scan in scans)
    assert statistics.median(found) < 0.05


def test_a_million_rows_of_one_tenant_do_not_starve_a_thousand_others(house: House) -> None:
    fill([uuid7()], 1_000_000, due=datetime.now(UTC) - timedelta(days=20), step=0.001)
    others = [uuid7() for _ in range(1000)]
    fill(others, 1, due=datetime.now(UTC) - timedelta(seconds=1))
    analyzed()
    waiting, served, turns, began = set(others), 0, 0, time.perf_counter()
    while waiting and turns < 300:
        rows = claim("work")
        turns += 1
        served += len(rows)
        waiting -= {row.tenant_id for row in rows}
    took = time.perf_counter() - began
    print(f"1,000 small tenants behind 1,000,000 rows: all claimed after {turns} claims of {served} rows, {took:.2f} s")
    assert not waiting
