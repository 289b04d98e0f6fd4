"""Deliveries: each event to each of its persistent subscribers, effect and note of it in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.commands.hosting import hosting_commands
from apps.kernel.eventbus.causes import caused_by
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.failing import bury, fail, note_try
from apps.kernel.eventbus.ordering import may_go, release
from apps.kernel.eventbus.payloads import decoded
from apps.kernel.eventbus.places import context_of, scope_of, whole_tenant
from apps.kernel.eventbus.relaying import DELIVERY, DELIVERY_QUEUE
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, Subscriber
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import LeaseLost, Retry
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease

Row = Mapping[str, Any]

WAITING = """
SELECT d.id, d.subscriber, d.attempts, d.order_key, d.seq, o.id AS event_id, o.name, o.payload, o.entity, o.record_id,
    o.organization_id, o.created_at AS occurred_at, o.actor_kind, o.actor_id, o.on_behalf_of, o.correlation_id,
    o.action_id, o.depth
FROM event_delivery d JOIN outbox o ON o.id = d.event_id AND o.tenant_id = d.tenant_id
WHERE d.chunk_id = %s AND d.status = 'waiting' ORDER BY d.seq
"""
# The lease is proved and the delivery noted in one statement; the handler's effect commits with it or not at all.
TAKE = """
WITH proof AS (SELECT FROM work WHERE id = %s AND fence = %s AND locked_until IS NOT NULL FOR KEY SHARE)
UPDATE event_delivery SET status = 'delivered', attempts = attempts + %s, last_error = '', ended_at = %s, due_at = NULL,
    updated_at = %s
WHERE id = ANY(%s::uuid[]) AND status = 'waiting' AND EXISTS (SELECT FROM proof)
RETURNING id
"""
TURNS = 20  # how often a row of work goes on with what it has let go before it leaves the rest to another one
PATIENT = 10_000  # tries of the row of work: each delivery counts its own, and gives up by itself


@work_kind(DELIVERY, queue=DELIVERY_QUEUE, attempts=PATIENT)
def deliver(chunk_id: UUID, lease: Lease) -> None:
    """Run the deliveries that the row of work covers, one after the other; none keeps the next from its turn.

    After a crash they go one by one, and each counts its try before it begins: the one that kills its worker gives up
    in the end, and its neighbours do not.
    """
    with whole_tenant() as scope:
        rows = _waiting(chunk_id)
    with using_scope(scope):
        for turn in range(TURNS):
            if not rows:
                break
            _deliver(rows, lease, into=chunk_id if turn < TURNS - 1 else None)
            rows = _let_go(chunk_id, rows)


def _deliver(rows: Sequence[Row], lease: Lease, *, into: UUID | None) -> None:
    subscriber = SUBSCRIBERS.get(rows[0]["subscriber"])
    is_careful = lease.work.attempts > 1
    if subscriber is None:
        _strange(rows, lease)
    elif subscriber.together and not is_careful and len(rows) > 1 and not _have_order(rows):
        _deliver_together(subscriber, rows, lease)
    else:
        _deliver_each(subscriber, rows, lease, is_careful=is_careful, into=into)


def _let_go(chunk_id: UUID, rows: Sequence[Row]) -> list[Row]:
    """What these deliveries let go, where events have an order: it goes on here, without a row of work of its own."""
    if not _have_order(rows):
        return []
    before = {row["id"] for row in rows}
    with scoped_transaction():
        return [row for row in _waiting(chunk_id) if row["id"] not in before]


def _have_order(rows: Sequence[Row]) -> bool:
    """Say whether events are of an ordered subscriber; those that came while it was one keep their order."""
    return any(row["order_key"] is not None for row in rows)


def _waiting(chunk_id: UUID) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [chunk_id])
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{**row, "payload": json.loads(row["payload"])} for row in found]


def _strange(rows: Sequence[Row], lease: Lease) -> None:
    """A newer release may have sent them, or an older one: wait, and give up in the end."""
    reason = Retry("no installed module has this subscriber")
    for row in rows:
        fail(row, reason, lease, attempts=12)


def _deliver_together(subscriber: Subscriber, rows: Sequence[Row], lease: Lease) -> None:
    try:
        _run(subscriber, rows, lease)
    except LeaseLost:
        raise
    except Exception:  # noqa: BLE001 - one of them; alone it is told from the others
        _deliver_each(subscriber, rows, lease, is_careful=False)


def _deliver_each(
    subscriber: Subscriber, rows: Sequence[Row], lease: Lease, *, is_careful: bool, into: UUID | None = None
) -> None:
    for row in rows:
        lease.check()
        if is_careful and (tries := note_try(row["id"], lease)):
            row = {**row, "attempts": tries - 1}  # noqa: PLW2901 - the same delivery, as it stands now
        if is_careful and tries > subscriber.attempts:
            bury(row, "its workers did not come back", lease)
            continue
        try:
            _run(subscriber, [row], lease, is_counted=is_careful, into=into)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the top of a subscriber: its failure is nobody else's
            fail(row, error, lease, attempts=subscriber.attempts, backoff=subscriber.backoff)


def _run(
    subscriber: Subscriber,
    rows: Sequence[Row],
    lease: Lease,
    *,
    is_counted: bool = False,
    into: UUID | None = None,
) -> None:
    """Handle events in one transaction, in which they are noted as delivered."""
    lease.lasts(subscriber.longest)
    everywhere = current_scope().organization_ids
    scope = scope_of(rows[0] if len(rows) == 1 else _in_common(rows), subscriber, everywhere)
    with using_scope(scope), scoped_transaction(), hosting_commands():
        if not may_go(subscriber, rows[0]):
            return
        taken = _take(rows, lease, more=0 if is_counted else 1)
        events = [_said(row, scope_of(row, subscriber, everywhere)) for row in rows if row["id"] in taken]
        if not events:
            lease.guard()  # somebody skipped them meanwhile, or this worker has lost them
            return
        with caused_by(rows[0]["event_id"], max(row["depth"] for row in rows)):
            subscriber.handler(*((events,) if subscriber.together else events[0]))
        release(subscriber.id, rows[0]["order_key"], into=into)


def _in_common(rows: Sequence[Row]) -> Row:
    """The first row as the place of them all: the organization only where they share it."""
    places = {row["organization_id"] for row in rows}
    return {**rows[0], "organization_id": places.pop() if len(places) == 1 else None}


def _take(rows: Sequence[Row], lease: Lease, *, more: int) -> set[UUID]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [lease.work.id, lease.work.fence, more, now, now, [row["id"] for row in rows]])
        return {row_id for (row_id,) in cursor.fetchall()}


def _said(row: Row, scope: Any) -> tuple[Any, EventContext]:
    return decoded(EVENTS[row["name"]].payload, row["payload"]), context_of(row, scope)
