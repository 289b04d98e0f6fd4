"""What operators do with deliveries: have them tried again, let them be, or take what happened once more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.eventbus.failing import DEAD_LETTER
from apps.kernel.eventbus.models import Delivery, DeliveryStatus
from apps.kernel.eventbus.ordering import release
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.eventbus.relaying import CHUNK, DELIVERY, DELIVERY_QUEUE
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, Subscriber
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.errors import Permanent
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import withdraw
from apps.kernel.work.waking import wake

DEAD = (DeliveryStatus.DEAD,)
ENDED = (DeliveryStatus.DEAD, DeliveryStatus.DELIVERED, DeliveryStatus.SKIPPED)

# Deliveries that ended are put back to their first try, those that never were are made, and each hundred gets a row of
# work. An event that the relay has not taken yet is left to it; one that upkeep is removing is gone. Rows are locked by
# id, so that two operators cannot wait for each other, and whoever comes second finds nothing that has ended. What
# somebody else adds at the same moment stays theirs.
AGAIN = """
WITH event AS MATERIALIZED (
    SELECT id, organization_id, seq, record_id FROM outbox
    WHERE id = ANY(%(events)s::uuid[]) AND tenant_id = %(tenant)s AND NOT is_pending
    ORDER BY id FOR KEY SHARE SKIP LOCKED
), ended AS MATERIALIZED (
    SELECT id, event_id FROM event_delivery
    WHERE tenant_id = %(tenant)s AND event_id = ANY(%(events)s::uuid[]) AND subscriber = %(subscriber)s
        AND status = ANY(%(statuses)s) AND updated_at <= coalesce(%(before)s::timestamptz, 'infinity')
    ORDER BY id FOR NO KEY UPDATE
), todo AS MATERIALIZED (
    SELECT event.*, ended.id AS delivery_id, (row_number() OVER (ORDER BY seq) - 1) / %(chunk)s AS part
    FROM event LEFT JOIN ended ON ended.event_id = event.id
    WHERE ended.id IS NOT NULL OR %(missing)s
), chunk AS MATERIALIZED (
    SELECT part, uuid7() AS id FROM (SELECT DISTINCT part FROM todo) AS parts
), put_back AS (
    UPDATE event_delivery AS delivery SET status = 'waiting', attempts = 0, last_error = '', due_at = NULL,
        ended_at = NULL, updated_at = %(now)s, chunk_id = chunk.id,
        order_key = CASE WHEN %(is_ordered)s THEN todo.record_id END
    FROM todo JOIN chunk USING (part) WHERE delivery.id = todo.delivery_id
    RETURNING delivery.id, delivery.chunk_id
), added AS (
    INSERT INTO event_delivery (id, tenant_id, created_at, updated_at, organization_id, event_id, subscriber, seq,
        chunk_id, order_key, status, attempts, last_error)
    SELECT uuid7(), %(tenant)s, %(now)s, %(now)s, organization_id, todo.id, %(subscriber)s, seq, chunk.id,
        CASE WHEN %(is_ordered)s THEN record_id END, 'waiting', 0, ''
    FROM todo JOIN chunk USING (part) WHERE delivery_id IS NULL ORDER BY seq
    ON CONFLICT (tenant_id, event_id, subscriber) DO NOTHING
    RETURNING id, chunk_id
), written AS (
    SELECT * FROM put_back UNION ALL SELECT * FROM added
), queued AS (
    INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
    SELECT %(delivery)s, %(queue)s, %(tenant)s, chunk_id, %(now)s FROM (SELECT DISTINCT chunk_id FROM written) AS used
    ORDER BY chunk_id
), settled AS (
    DELETE FROM work USING put_back
    WHERE kind = %(dead_letter)s AND tenant_id = %(tenant)s AND ref_id = put_back.id
)
SELECT count(*) FROM written
"""


def persistent_subscribers() -> Mapping[str, Subscriber]:
    """Subscribers that have deliveries, by id."""
    return {item.id: item for item in sorted(SUBSCRIBERS.values(), key=lambda item: item.id) if item.persistent}


def deliver_again(
    subscriber: Subscriber,
    event_ids: Collection[UUID],
    *,
    statuses: Collection[str] = DEAD,
    before: datetime | None = None,
    missing: bool = False,
) -> int:
    """Have the subscriber handle these events once more, from the first try; say how many it will be.

    Only deliveries in one of `statuses` that have not moved since `before` (None: whenever); with `missing` also events
    that were never delivered to it. Whatever waits already is left alone. Inside a transaction.
    """
    now = clock.now()
    params: dict[str, Any] = {
        "events": list(event_ids),
        "tenant": current_scope().tenant_id,
        "subscriber": subscriber.id,
        "is_ordered": subscriber.ordered,
        "statuses": [str(item) for item in statuses],
        "before": before,
        "missing": missing,
        "now": now,
        "chunk": CHUNK,
        "delivery": DELIVERY,
        "queue": DELIVERY_QUEUE,
        "dead_letter": DEAD_LETTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, params)
        [count] = cursor.fetchone()
    if count:
        wake(DELIVERY_QUEUE)
    return int(count)


def let_be(delivery: Delivery) -> None:
    """End a dead letter without its effect, and let the next event of its record go.

    The row is locked, and before it `lock_order` was taken where it has an order.
    """
    delivery.status, delivery.ended_at = DeliveryStatus.SKIPPED, clock.now()
    delivery.save(update_fields=["status", "ended_at"])
    withdraw(DEAD_LETTER, [delivery.pk])
    release(delivery.subscriber, delivery.order_key)


@work_kind(DEAD_LETTER, queue=DELIVERY_QUEUE)
def revive(delivery_id: UUID, lease: Lease) -> None:
    """Have a dead letter tried again: an operator of the installation started its parked row."""
    with whole_tenant():
        found = Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.DEAD).first()
        if found is None:
            return
        subscriber = persistent_subscribers().get(found.subscriber)
        if subscriber is None:
            raise Permanent("no installed module has this subscriber")
        lease.guard()
        deliver_again(subscriber, [found.event_id])
