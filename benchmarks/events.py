"""Committed events to one persistent subscriber, through relay and deliveries, by two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.db import connection

from benchmarks.databases import loading
from benchmarks.events_worker import EVENT
from benchmarks.figures import Figure
from benchmarks.houses import open_tenants
from benchmarks.options import Options

LARGE = 100_000
TENANTS = 5
PROCESSES = 2
RECORDS = 200  # that the events are about: of one record, an ordered subscriber takes them one after the other
TARGET = 3_000
WAYS = {
    "single": "each event in its own transaction",
    "ordered": f"in the order of {RECORDS} records",
    "together": "a hundred in one",
}
TABLES = """
CREATE TABLE IF NOT EXISTS benchmark_effect (event uuid);
CREATE TABLE IF NOT EXISTS benchmark_floor (n bigserial, id uuid PRIMARY KEY, tenant_id uuid);
GRANT SELECT, INSERT ON benchmark_effect TO agora_app;
GRANT SELECT, DELETE ON benchmark_floor TO agora_app;
TRUNCATE benchmark_effect, benchmark_floor, event_delivery, outbox, work
"""
# One change with one event each, as single commands leave them.
LOAD = """
WITH fresh AS (
    INSERT INTO outbox (id, tenant_id, created_at, name, payload, entity, actor_kind, correlation_id, action_id,
        batch_id, depth, is_pending, parked_reason, record_id)
    SELECT uuid7(), (%(tenants)s::uuid[])[number %% %(count)s + 1], now(), %(event)s,
        '{"action_id": "01900000-0000-7000-8000-000000000000", "entities": [], "reason": ""}', '', 'system', uuid7(),
        uuid7(), uuid7(), 0, true, '', lpad((number %% %(records)s)::text, 32, '0')::uuid
    FROM generate_series(1, %(rows)s) AS number
    RETURNING id, tenant_id, batch_id
), floor AS (INSERT INTO benchmark_floor (id, tenant_id) SELECT id, tenant_id FROM fresh)
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
SELECT 'kernel.relay', 'relay', tenant_id, batch_id, now() FROM fresh
"""


def run(options: Options) -> Iterator[Figure]:
    """Let two processes take the same number of events in four ways."""
    rows, tenants = options.size(LARGE), open_tenants(TENANTS)
    floor = _rate("floor", rows, tenants)
    against = "one transaction for each event with its effect and a mark, without bus, leases or retries"
    for how, name in WAYS.items():
        rate = _rate(how, rows, tenants)
        yield Figure(
            f"{rows:,} events to one subscriber, {name}",
            rate,
            "a second",
            baseline=floor,
            against=against,
            target=f"≥ {TARGET:,} a second",
            met=rate >= TARGET,
            note=f"{PROCESSES} processes, {TENANTS} tenants; each event is a change of its own",
        )


def _rate(how: str, rows: int, tenants: list[UUID]) -> float:
    """Events handled in a second."""
    with loading() as session:
        session.execute(TABLES)
        session.execute(
            LOAD, {"tenants": tenants, "count": len(tenants), "event": EVENT, "rows": rows, "records": RECORDS}
        )
        session.execute("ANALYZE outbox, work")
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(how, number)) for number in range(PROCESSES)]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        began = time.monotonic()
        for worker in workers:
            worker.communicate("\n")
        took = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT event) FROM benchmark_effect")
        assert cursor.fetchone() == (rows, rows), how
    return rows / took


def _worker(how: str, number: int) -> subprocess.Popen[str]:
    parts = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "benchmarks.events_worker", how, str(number)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, "DATABASE_URL": address})
