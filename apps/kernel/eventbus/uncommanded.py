"""Events about what no command does: rows that are not audited, such as how far a long job is."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.kernel import clock
from apps.kernel.commands.outcome import events_committed
from apps.kernel.eventbus.causes import DEEPEST, current_cause
from apps.kernel.eventbus.declarations import Event
from apps.kernel.eventbus.payloads import encoded
from apps.kernel.eventbus.routing import heard_names, routes
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.storage import RELAY, RELAY_QUEUE
from apps.kernel.work.waking import wake

# As the end of a command writes them: the event, and a row of work for the relay where somebody waits for it. It
# belongs to no action, so it bears an id of its own in the place of one.
WRITE = """
WITH written AS (
    INSERT INTO outbox (id, tenant_id, created_at, organization_id, name, payload, entity, record_id, actor_kind,
        actor_id, on_behalf_of, correlation_id, action_id, batch_id, causation_id, depth, recipients, is_pending,
        parked_reason)
    VALUES (uuid7(), %(tenant)s, %(now)s, %(organization)s, %(name)s, %(payload)s, %(entity)s, %(record)s,
        %(actor_kind)s, %(actor)s, %(on_behalf_of)s, %(correlation)s, %(batch)s, %(batch)s, %(causation)s, %(depth)s,
        %(recipients)s, %(is_wanted)s, '')
    RETURNING id, seq, name, organization_id, entity, record_id, payload, action_id, created_at, is_pending
), queued AS (
    INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
    SELECT %(relay)s, %(queue)s, %(tenant)s, %(batch)s, %(now)s FROM written WHERE is_pending
)
SELECT to_jsonb(written)::text FROM written
"""


def emit_uncommanded(
    event: Event[Any], *, recipients: Collection[UUID], organization_id: UUID | None = None, **facts: Any
) -> None:
    """Say that something happened which no command did; it leaves with the transaction that is open, else at once.

    `recipients` are who is told on the live stream. `organization_id` None: it concerns the whole tenant. Whatever
    is audited is changed by commands, and told by `event.emit`. Nothing is said where events turn in a circle.
    """
    cause, name = current_cause(), event.name
    if cause.depth >= DEEPEST:
        return
    resource_id, is_wanted = facts.get("resource_id"), name in routes().wanted
    values = {
        **_origin(),
        "organization": organization_id,
        "name": name,
        "payload": json.dumps(encoded(event.payload(**facts))),
        "entity": event.entity,
        "record": resource_id if isinstance(resource_id, UUID) else None,
        "causation": cause.event_id,
        "depth": cause.depth + 1,
        "recipients": list(recipients),
        "is_wanted": is_wanted,
    }
    with scoped_transaction(), connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        [said] = cursor.fetchone()
        if is_wanted:
            wake(RELAY_QUEUE)
        if name in heard_names():
            told = {"said": [json.loads(said)], "scope": current_scope(), "depth": cause.depth + 1}
            transaction.on_commit(partial(events_committed.send_robust, Event, **told), robust=True)


def _origin() -> dict[str, Any]:
    scope = current_scope()
    return {
        "tenant": scope.tenant_id,
        "now": clock.now(),
        "actor_kind": scope.actor.kind.value,
        "actor": scope.actor.id,
        "on_behalf_of": scope.actor.on_behalf_of,
        "correlation": scope.correlation_id,
        "batch": uuid7(),
        "relay": RELAY,
        "queue": RELAY_QUEUE,
    }
