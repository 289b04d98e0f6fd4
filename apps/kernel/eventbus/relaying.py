"""The relay: takes committed events to those who wait for them, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.eventbus.declarations import EVENTS, Broadcast
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.eventbus.routing import routes
from apps.kernel.eventbus.stream.telling import CHANNEL, tell_streams
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.storage import RELAY, RELAY_QUEUE
from apps.kernel.work.together import work_together
from apps.kernel.work.waking import wake

DELIVERY = "kernel.delivery"
DELIVERY_QUEUE = "events"
CHUNK = 100  # deliveries of one subscriber that one row of work covers
MOST = 500  # changes whose events are taken in one transaction

# One statement: a delivery for each event and persistent subscriber, a row of work for each hundred of one subscriber,
# and the events marked as taken. The rows of work that led here go in the same transaction, so that each event is
# taken once, whatever dies when.
TAKE = """
WITH route (name, subscriber, is_ordered) AS MATERIALIZED (
    SELECT * FROM unnest(%(names)s::text[], %(subscribers)s::text[], %(ordered)s::boolean[])
), taken AS (
    UPDATE outbox SET is_pending = false WHERE batch_id = ANY(%(batches)s::uuid[]) AND is_pending
    RETURNING id, organization_id, seq, name, record_id
), fresh AS MATERIALIZED (
    SELECT taken.id, organization_id, seq, subscriber, CASE WHEN is_ordered THEN record_id END AS order_key,
        (row_number() OVER (PARTITION BY subscriber ORDER BY seq) - 1) / %(chunk)s AS part
    FROM taken JOIN route USING (name)
), chunk AS MATERIALIZED (
    SELECT subscriber, part, uuid7() AS id FROM (SELECT DISTINCT subscriber, part FROM fresh) AS parts
), written AS (
    INSERT INTO event_delivery (id, tenant_id, created_at, updated_at, organization_id, event_id, subscriber, seq,
        chunk_id, order_key, status, attempts, last_error)
    SELECT uuid7(), %(tenant)s, %(now)s, %(now)s, organization_id, fresh.id, subscriber, seq, chunk.id, order_key,
        'waiting', 0, ''
    FROM fresh JOIN chunk USING (subscriber, part) ORDER BY seq
), queued AS (
    INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
    SELECT %(delivery)s, %(queue)s, %(tenant)s, id, %(now)s FROM chunk ORDER BY part
)
SELECT (SELECT count(*) FROM chunk),
    CASE WHEN EXISTS (SELECT FROM taken WHERE name = ANY(%(shown)s::text[]))
        THEN pg_notify(%(channel)s, %(tenant)s::text) END
"""


# During a deployment a newer release may announce what this process has never heard of.
STRANGE = """
SELECT DISTINCT batch_id FROM outbox
WHERE batch_id = ANY(%(batches)s::uuid[]) AND is_pending AND NOT name = ANY(%(known)s::text[])
"""


@work_together(RELAY, queue=RELAY_QUEUE, most=MOST)
def relay(batches: Sequence[UUID]) -> Sequence[UUID]:
    """Take the events of these changes to their subscribers, and tell the live streams.

    Answers with the changes that are done; what has an event of a newer release is left for a process that knows it.
    """
    with whole_tenant(), connection.cursor() as cursor:
        cursor.execute(STRANGE, {"batches": list(batches), "known": list(EVENTS)})
        strange = {batch for (batch,) in cursor.fetchall()}
        mine = [batch for batch in batches if batch not in strange]
        cursor.execute(TAKE, {**_routing(), "batches": mine})
        [chunks, told] = cursor.fetchone()
    if told is not None:
        tell_streams(current_scope().tenant_id)
    if chunks:
        wake(DELIVERY_QUEUE)
    return mine


def _routing() -> dict[str, Any]:
    pairs = [(name, item) for name, found in routes().persistent.items() for item in found]
    return {
        "names": [name for name, _ in pairs],
        "subscribers": [item.id for _, item in pairs],
        "ordered": [item.ordered for _, item in pairs],
        "shown": [item.name for item in EVENTS.values() if item.broadcast is not Broadcast.NONE],
        "chunk": CHUNK,
        "tenant": current_scope().tenant_id,
        "now": clock.now(),
        "delivery": DELIVERY,
        "queue": DELIVERY_QUEUE,
        "channel": CHANNEL,
    }
