"""What becomes of a claimed row: done, tried again, parked, or handed back. Each holds only while the fence does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from apps.kernel import clock
from apps.kernel.work.calculations import Backoff, retry_delay
from apps.kernel.work.leases import REMOVE, RESTART, Claimed

POSTPONE = """
UPDATE work SET due_at = %s, locked_until = NULL, owner = '' WHERE id = %s AND fence = %s AND locked_until IS NOT NULL
"""
# The fence grows too, so that a worker that is still at it can write nothing more.
PARK = """
UPDATE work SET parked_at = %s, parked_reason = %s, locked_until = NULL, owner = '', fence = fence + 1
WHERE id = %s AND fence = %s AND parked_at IS NULL
"""
RENEW = """
UPDATE work SET locked_until = %(now)s + make_interval(secs => %(seconds)s),
    due_at = %(now)s + make_interval(secs => %(seconds)s)
WHERE id = %(id)s AND fence = %(fence)s AND locked_until IS NOT NULL
"""
# As if they had never been claimed, except for the fence.
HAND_BACK = """
UPDATE work SET due_at = held.due_at, attempts = attempts - 1, locked_until = NULL, owner = held.left_by
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[]) AS held (id, fence, due_at, left_by)
WHERE work.id = held.id AND work.fence = held.fence AND locked_until IS NOT NULL
"""
WAIT = """
UPDATE work SET due_at = %s, attempts = attempts - 1, locked_until = NULL, owner = ''
WHERE id = %s AND fence = %s AND locked_until IS NOT NULL
"""
LONGEST_REASON = 300


def finish(work: Claimed) -> bool:
    """Take the row out, or let it come due again if it was queued meanwhile; False when it is gone or lost."""
    key = [work.id, work.fence]
    return bool(_run(REMOVE, key) or _run(RESTART, key))


def postpone(work: Claimed, delay: timedelta) -> bool:
    """Try again after `delay`."""
    return bool(_run(POSTPONE, [clock.now() + delay, work.id, work.fence]))


def wait(work: Claimed, delay: timedelta) -> bool:
    """Leave the row for `delay`, as if it had not been tried."""
    return bool(_run(WAIT, [clock.now() + delay, work.id, work.fence]))


def postpone_by(work: Claimed, backoff: Backoff) -> bool:
    """Try again after the delay that the number of attempts asks for."""
    return postpone(work, retry_delay(backoff, work.attempts, roll=random.random()))  # noqa: S311 - jitter


def park_claimed(work: Claimed, reason: str) -> bool:
    """Set the row aside for an operator."""
    return bool(_run(PARK, [clock.now(), reason[:LONGEST_REASON], work.id, work.fence]))


def renew(work: Claimed) -> bool:
    """Let the lease begin anew."""
    values = {"now": clock.now(), "seconds": work.seconds, "id": work.id, "fence": work.fence}
    return bool(_run(RENEW, values))


def hand_back(rows: Sequence[Claimed]) -> int:
    """Let others have rows that were claimed and not begun."""
    keys = [row.id for row in rows], [row.fence for row in rows]
    return _run(HAND_BACK, [*keys, [row.due_at for row in rows], [row.left_by for row in rows]]) if rows else 0


def _run(statement: str, params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)
