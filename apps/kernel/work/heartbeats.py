"""Signs of life of the workers: one row for each queue, moved by whichever worker serves it."""

from __future__ import annotations

import time

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.work.claims import owner
from apps.kernel.work.kinds import queues

EVERY = 5.0  # seconds between two signs of one process

# The database's clock on both sides: machines may disagree about the time.
BEAT = """
INSERT INTO worker_heartbeat (queue, worker, seen_at) VALUES (%s, %s, clock_timestamp())
ON CONFLICT (queue) DO UPDATE SET worker = excluded.worker, seen_at = excluded.seen_at
"""
SILENCES = """
SELECT wanted.queue, extract(epoch FROM clock_timestamp() - heartbeat.seen_at)::float8
FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (queue, place)
LEFT JOIN worker_heartbeat heartbeat ON heartbeat.queue = wanted.queue ORDER BY wanted.place
"""

_beaten: dict[str, float] = {}


def beat(queue: str) -> None:
    """Say that a worker serves the queue; does nothing if this process has said so within the last EVERY seconds."""
    now = time.monotonic()
    if now - _beaten.get(queue, -EVERY) < EVERY:
        return
    _beaten[queue] = now
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [queue, owner()])


def silences(using: BaseDatabaseWrapper) -> dict[str, float | None]:
    """Seconds since the last sign of life in each queue of this installation; None where there never was one."""
    with using.cursor() as cursor:
        cursor.execute(SILENCES, [list(queues())])
        return dict(cursor.fetchall())
