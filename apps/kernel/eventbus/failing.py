"""What becomes of a delivery that failed: tried again later, or given up as a dead letter."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.errors import PlatformError
from apps.kernel.eventbus.relaying import DELIVERY, DELIVERY_QUEUE
from apps.kernel.registry.store import NotRegistered
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.calculations import Backoff, retry_delay
from apps.kernel.work.errors import NeedsConfiguration, Permanent, Retry
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue

logger = logging.getLogger(__name__)

LONGEST_ERROR = 500
DEAD_LETTER = "kernel.dead_letter"
HOPELESS = (Permanent, NeedsConfiguration, NotRegistered)
NOTE_TRY = """
UPDATE event_delivery SET attempts = attempts + 1 WHERE id = %s AND status = 'waiting' RETURNING attempts
"""
FAILED = """
UPDATE event_delivery SET status = %s, attempts = %s, last_error = %s, due_at = %s, ended_at = %s,
    chunk_id = id, updated_at = %s
WHERE id = %s AND status = 'waiting'
"""
# A dead letter has a row of work that is parked: by it the operators of the installation see that there are some,
# whose they are and since when, and nothing of what they say.
PARK = """
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at, parked_at, parked_reason)
VALUES (%s, %s, %s, %s, %s, %s, 'a subscriber gave up on an event') ON CONFLICT (kind, tenant_id, ref_id) DO NOTHING
"""


def note_try(delivery_id: UUID, lease: Lease) -> int:
    """Count a try before it begins, in a transaction of its own; the number of tries, 0 if it ended meanwhile."""
    with scoped_transaction(), connection.cursor() as cursor:
        lease.guard()
        cursor.execute(NOTE_TRY, [delivery_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def fail(
    row: Mapping[str, Any], error: Exception, lease: Lease, *, attempts: int, backoff: Backoff | None = None
) -> None:
    """Try the delivery again later, in a row of work of its own.

    After `attempts` tries, or at once where there is no hope, it is a dead letter.
    """
    tries = row["attempts"] + 1
    logger.warning("%s failed on %s %s, try %s", row["subscriber"], row["name"], row["event_id"], tries, exc_info=error)
    if isinstance(error, HOPELESS) or tries >= attempts:
        bury(row, _told(error), lease)
        return
    due = clock.now() + _delay(error, backoff or Backoff(), tries)
    with scoped_transaction():
        lease.guard()
        _note(row, "waiting", _told(error), due=due)
        enqueue(DELIVERY, row["id"], due)


def bury(row: Mapping[str, Any], reason: str, lease: Lease) -> None:
    """Give a delivery up: it waits for an operator."""
    logger.error("%s gave up on %s %s: %s", row["subscriber"], row["name"], row["event_id"], reason)
    with scoped_transaction():
        lease.guard()
        _note(row, "dead", reason, due=None)
        _park(row["id"])


def _note(row: Mapping[str, Any], status: str, reason: str, *, due: Any) -> None:
    now = clock.now()
    ended = now if status == "dead" else None
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [status, row["attempts"] + 1, reason[:LONGEST_ERROR], due, ended, now, row["id"]])


def _park(delivery_id: UUID) -> None:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(PARK, [DEAD_LETTER, DELIVERY_QUEUE, current_scope().tenant_id, delivery_id, now, now])


def _delay(error: Exception, backoff: Backoff, tries: int) -> timedelta:
    if isinstance(error, Retry) and error.after is not None:
        return error.after
    return retry_delay(backoff, tries, roll=random.random())  # noqa: S311 - jitter


def _told(error: Exception) -> str:
    """A failure as operators of the tenant see it: the words of refusals, of other exceptions the class only."""
    if isinstance(error, PlatformError):
        return f"{error.code}: {error.detail}"
    return type(error).__name__
