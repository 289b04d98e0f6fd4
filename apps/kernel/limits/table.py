"""Counters in PostgreSQL, for when Valkey does not answer or there is none."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from django.db import Error, connection, transaction

from apps.kernel.limits.demands import Demand
from apps.kernel.limits.errors import LimitInsideTransaction
from apps.kernel.tenancy.transactions import reading_paused

logger = logging.getLogger(__name__)

TRIES = 3
SWEPT_EVERY = 30.0  # seconds between two deletions of one process
SWEPT_AT_ONCE = 1000

# A counter that is used up is found without a lock. Only a race for the last place reaches the condition of the
# update, and then fewer rows come back than were asked for. A lock is held for one round trip: whoever waits longer
# waits for a process that stands still. statement_timestamp() moves on inside a transaction, now() does not.
TAKE = """
WITH wanted AS (
    SELECT digest, places, statement_timestamp() + seconds * interval '1 second' AS ends_at
    FROM set_config('lock_timeout', '1s', true),
        unnest(%s::bytea[], %s::bigint[], %s::bigint[]) AS demand (digest, places, seconds)
), used_up AS (
    SELECT expires_at FROM rate_counter JOIN wanted USING (digest)
    WHERE expires_at > statement_timestamp() AND hits >= places
), taken AS (
    INSERT INTO rate_counter AS counter (digest, hits, expires_at)
    SELECT digest, 1, ends_at FROM wanted WHERE NOT EXISTS (SELECT FROM used_up) ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET
        hits = CASE WHEN counter.expires_at > statement_timestamp() THEN counter.hits + 1 ELSE 1 END,
        expires_at = CASE WHEN counter.expires_at > statement_timestamp()
            THEN counter.expires_at ELSE excluded.expires_at END
    WHERE counter.expires_at <= statement_timestamp()
        OR counter.hits < (SELECT places FROM wanted WHERE wanted.digest = counter.digest)
    RETURNING digest
)
SELECT (SELECT count(*) FROM taken),
    (SELECT extract(epoch FROM max(expires_at) - statement_timestamp())::float8 FROM used_up)
"""
FORGET = "DELETE FROM rate_counter WHERE digest = ANY(%s::bytea[])"
SWEEP = """
DELETE FROM rate_counter WHERE digest IN (
    SELECT digest FROM rate_counter WHERE expires_at < statement_timestamp()
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


def take(demands: Sequence[Demand]) -> float:
    """Count in all counters or in none; 0 when counted, else the seconds until the last used-up one begins anew.

    Runs in a transaction of its own: the ambient read transaction is closed meanwhile. Raises
    LimitInsideTransaction inside any other.
    """
    with reading_paused():
        _demand_own_transaction()
        wait = _take(demands)
        _sweeping.now_and_then()
    return wait


def forget(digests: Sequence[bytes]) -> None:
    """Have the counters begin anew with their next hit. Raises LimitInsideTransaction like `take`."""
    with reading_paused():
        _demand_own_transaction()
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [list(digests)])


def delete_expired(limit: int = SWEPT_AT_ONCE) -> int:
    """Delete up to `limit` counters whose window is over, and say how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, [limit])
        return int(cursor.rowcount)


def _take(demands: Sequence[Demand]) -> float:
    for _ in range(TRIES):
        taken, wait = _attempt(demands)
        if taken == len(demands):
            return 0.0
        if wait is not None:
            return wait
    return float(max(demand.seconds for demand in demands))


def _attempt(demands: Sequence[Demand]) -> tuple[int, float | None]:
    """How many counters were taken from, and the wait if one is used up; neither when somebody was faster."""
    if len(demands) == 1 and not connection.in_atomic_block:
        return _asked(demands)
    with transaction.atomic():
        taken, wait = _asked(demands)
        transaction.set_rollback(0 < taken < len(demands))
    return taken, wait


def _asked(demands: Sequence[Demand]) -> tuple[int, float | None]:
    digests, counts = [item.digest for item in demands], [item.count for item in demands]
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [digests, counts, [item.seconds for item in demands]])
        taken, wait = cursor.fetchone()
    return taken, wait


def _demand_own_transaction() -> None:
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise LimitInsideTransaction


class _Sweeping:
    """Whoever counts sweeps a little now and then; at once again while there is more than a little."""

    def __init__(self) -> None:
        self.due_at = 0.0

    def now_and_then(self) -> None:
        """Sweep if it is time. What goes wrong is logged: it is no reason to refuse anybody."""
        if connection.in_atomic_block or time.monotonic() < self.due_at:
            return
        self.due_at = time.monotonic() + SWEPT_EVERY
        try:
            if delete_expired() == SWEPT_AT_ONCE:
                self.due_at = 0.0
        except Error as error:
            logger.warning("expired counters stay for now (%s)", type(error).__name__)


_sweeping = _Sweeping()
