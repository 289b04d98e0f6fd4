"""Claim due rows across all tenants: one statement, nobody waits, and no tenant starves another."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.work.kinds import DEFAULT_LEASE, KINDS
from apps.kernel.work.leases import Claimed

BATCH = 32
WINDOW = 200  # oldest rows that are looked at
VISITS = 64  # tenants that are looked at besides, when those rows fill the window
FIRST_TENANT = UUID(int=0)

# `head` holds the tenants of the oldest due rows: in quiet times all that are due. Only when one tenant's backlog
# may hide the others, `further` visits the next tenants after `after`, one index look-up each. Every tenant with
# something due gets an equal share of the batch. The row locks are taken while reading, so that workers
# that claim together pass each other by; whoever comes late finds `due_at` moved and lets the row be.
CLAIM = """
WITH RECURSIVE head AS MATERIALIZED (
    SELECT tenant_id FROM work
    WHERE queue = %(queue)s AND parked_at IS NULL AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(window)s
), further AS (
    (SELECT tenant_id, 1 AS step FROM work
     WHERE queue = %(queue)s AND parked_at IS NULL AND tenant_id > %(after)s
       AND (SELECT count(*) FROM head) = %(window)s
     ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT next.tenant_id, further.step + 1 FROM further CROSS JOIN LATERAL (
        SELECT w.tenant_id FROM work w
        WHERE w.queue = %(queue)s AND w.parked_at IS NULL AND w.tenant_id > further.tenant_id
        ORDER BY w.tenant_id LIMIT 1) AS next
    WHERE further.step < %(visits)s
), due AS MATERIALIZED (
    SELECT tenant_id FROM (SELECT tenant_id FROM head UNION SELECT tenant_id FROM further) AS seen
    WHERE EXISTS (
        SELECT FROM work w WHERE w.queue = %(queue)s AND w.tenant_id = seen.tenant_id
        AND w.parked_at IS NULL AND w.due_at <= %(now)s)
    ORDER BY random()
), picked AS MATERIALIZED (
    SELECT mine.* FROM due CROSS JOIN LATERAL (
        SELECT w.id, w.kind, w.due_at, w.owner FROM work w
        WHERE w.queue = %(queue)s AND w.tenant_id = due.tenant_id AND w.parked_at IS NULL AND w.due_at <= %(now)s
        ORDER BY w.due_at LIMIT (SELECT ceil(%(batch)s::numeric / count(*)) FROM due)
        FOR UPDATE SKIP LOCKED) AS mine
    LIMIT %(batch)s
)
UPDATE work SET attempts = work.attempts + 1, fence = work.fence + 1, owner = %(owner)s,
    locked_until = %(now)s + make_interval(secs => coalesce(kinds.seconds, %(lease)s)),
    due_at = %(now)s + make_interval(secs => coalesce(kinds.seconds, %(lease)s)),
    again_at = CASE WHEN work.again_at > %(now)s THEN work.again_at END
FROM picked LEFT JOIN unnest(%(kinds)s::text[], %(leases)s::float8[]) AS kinds (id, seconds) ON kinds.id = picked.kind
WHERE work.id = picked.id
RETURNING work.id, work.kind, work.queue, work.tenant_id, work.ref_id, picked.due_at, work.attempts, work.fence,
    coalesce(kinds.seconds, %(lease)s), picked.owner, (SELECT tenant_id FROM further WHERE step = %(visits)s)
"""


@dataclass(slots=True)
class Rotation:
    """Where this process's visits to tenants go on, by queue."""

    after: dict[str, UUID] = field(default_factory=dict)


_rotation = Rotation()


def claim(queue: str, *, limit: int = BATCH) -> list[Claimed]:
    """Lease up to `limit` due rows of a queue to this process, longest due first; none when nothing is due."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, _params(queue, limit))
        rows = cursor.fetchall()
    if rows:
        _rotation.after[queue] = rows[0][-1] or FIRST_TENANT
    return sorted((Claimed(*row[:-1]) for row in rows), key=attrgetter("due_at", "id"))


def _params(queue: str, limit: int) -> dict[str, Any]:
    kinds = KINDS.values()
    return {
        "queue": queue,
        "now": clock.now(),
        "window": max(WINDOW, limit),
        "visits": VISITS,
        "after": _rotation.after.get(queue, FIRST_TENANT),
        "batch": limit,
        "owner": owner(),
        "lease": DEFAULT_LEASE.total_seconds(),
        "kinds": [kind.id for kind in kinds],
        "leases": [kind.lease.total_seconds() for kind in kinds],
    }


def owner() -> str:
    """How operators find this process."""
    return f"{socket.gethostname()}:{os.getpid()}"
