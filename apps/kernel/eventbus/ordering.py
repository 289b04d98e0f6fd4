"""Subscribers that take the events of one record one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.eventbus.relaying import DELIVERY
from apps.kernel.eventbus.routing import routes
from apps.kernel.eventbus.subscribing import Subscriber
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.queueing import enqueue

SOON = timedelta(seconds=1)  # an earlier event has committed and the relay is about to take it
# One at a time for each record and subscriber; held to the end of the transaction, so that nobody is held behind a
# delivery that ends at the same moment.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7001))"
EARLIER = """
SELECT EXISTS (
        SELECT FROM event_delivery WHERE subscriber = %(subscriber)s AND order_key = %(key)s AND seq < %(seq)s
        AND status NOT IN ('delivered', 'skipped')),
    EXISTS (
        SELECT FROM outbox WHERE record_id = %(key)s AND seq < %(seq)s AND is_pending AND name = ANY(%(names)s))
"""
HOLD = "UPDATE event_delivery SET status = 'held', updated_at = %s WHERE id = %s AND status = 'waiting'"
LET_GO = """
UPDATE event_delivery SET status = 'waiting', chunk_id = coalesce(%s, id), updated_at = %s
WHERE id = (
    SELECT id FROM event_delivery WHERE subscriber = %s AND order_key = %s AND status = 'held' ORDER BY seq LIMIT 1)
RETURNING id
"""


def lock_order(subscriber: str, key: UUID) -> None:
    """Let nobody else decide about this record's events for the subscriber until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"{current_scope().tenant_id}|{subscriber}|{key}"])


def may_go(subscriber: Subscriber, row: Mapping[str, Any]) -> bool:
    """Say whether the delivery's turn has come; else it is held, or looked at again in a moment."""
    key: UUID | None = row["order_key"]
    if key is None:
        return True
    lock_order(subscriber.id, key)
    is_behind, is_early = _earlier(subscriber, key, row["seq"])
    if is_behind:
        with connection.cursor() as cursor:
            cursor.execute(HOLD, [clock.now(), row["id"]])
    elif is_early:
        _look_again(row["id"])
    return not (is_behind or is_early)


def release(subscriber: str, key: UUID | None, *, into: UUID | None = None) -> None:
    """Let the next event of the record go, now that the one before has ended; under `lock_order`.

    `into` names the chunk whose worker goes on with it; None queues it by itself.
    """
    if key is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, [into, clock.now(), subscriber, key])
        found = cursor.fetchone()
    if found and into is None:
        enqueue(DELIVERY, found[0])


def _earlier(subscriber: Subscriber, key: UUID, seq: int) -> tuple[bool, bool]:
    names = [name for name, found in routes().persistent.items() if subscriber in found]
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, {"subscriber": subscriber.id, "key": key, "seq": seq, "names": names})
        [behind, early] = cursor.fetchone()
    return bool(behind), bool(early)


def _look_again(delivery_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE event_delivery SET chunk_id = id WHERE id = %s AND status = 'waiting'", [delivery_id])
    enqueue(DELIVERY, delivery_id, clock.now() + SOON)
