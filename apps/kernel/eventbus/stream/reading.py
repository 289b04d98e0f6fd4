"""Reads of the outbox for all streams of a tenant in one process: short, and never while anybody waits for a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.kernel.commands.history.privacy import view_feature_of
from apps.kernel.eventbus.declarations import EVENTS, Broadcast
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.eventbus.stream.audience import Audience
from apps.kernel.eventbus.stream.hiding import seen_by
from apps.kernel.eventbus.stream.messages import Happened, Told, frame_of
from apps.kernel.eventbus.stream.positions import Position
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor, system_scope

REASON: Final = "live stream"
MOST: Final = 500  # events that are read at once
LONGEST: Final = 1_000  # events that a client which comes back is told of; one that missed more reads anew
SCANNED: Final = 20_000  # rows, those that are not for the stream included, that are looked through for it
END: Final = Position(2**63 - 1, 2**63 - 1)

# Below `done` every transaction of this database has ended, so what is not there by now will never be: a cursor may
# pass it for good. One statement has one snapshot, and so the edge and the rows belong together. A transaction that is
# known to run in another database of the server writes no events here; one that cannot be found holds like our own.
# `is_held` says that something has committed above the edge, behind a transaction that still runs.
READ = """
WITH edge AS MATERIALIZED (
    SELECT coalesce(min(running.xid), ahead.xid) AS done, ahead.xid AS ahead
    FROM pg_snapshot_xmax(pg_current_snapshot()) AS ahead(xid)
    LEFT JOIN pg_snapshot_xip(pg_current_snapshot()) AS running(xid) ON NOT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE backend_xid = running.xid::xid AND datname <> current_database())
    GROUP BY ahead.xid
), held AS MATERIALIZED (
    SELECT 1 FROM edge CROSS JOIN LATERAL (
        SELECT FROM outbox
        WHERE tenant_id = %(tenant)s AND xid >= edge.done AND name = ANY(%(names)s) AND parked_reason = ''
        ORDER BY outbox.xid, outbox.seq LIMIT 1) AS later
)
SELECT edge.done::text::bigint, edge.ahead::text::bigint, EXISTS (SELECT FROM held), event.*
FROM edge LEFT JOIN LATERAL (
    SELECT id, xid::text::bigint AS xid, seq, name, entity, record_id, organization_id, created_at, actor_kind,
        actor_id, recipients, payload::text
    FROM outbox
    WHERE tenant_id = %(tenant)s AND xid < edge.done AND name = ANY(%(names)s) AND parked_reason = ''
        AND (xid, seq) > (%(after_xid)s::text::xid8, %(after_seq)s)
        AND (xid, seq) <= (%(upto_xid)s::text::xid8, %(upto_seq)s)
    ORDER BY outbox.xid, outbox.seq LIMIT %(limit)s
) AS event ON true ORDER BY event.xid, event.seq
"""
# How much lies between two places, counted no further than the limit.
BETWEEN = """
SELECT count(*) FROM (
    SELECT FROM outbox WHERE tenant_id = %(tenant)s
        AND (xid, seq) > (%(after_xid)s::text::xid8, %(after_seq)s)
        AND (xid, seq) <= (%(upto_xid)s::text::xid8, %(upto_seq)s)
    LIMIT %(limit)s) AS found
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What has come since, and where the reading stands now.

    `is_full`: there may be more at once. `is_held`: more has committed, and waits for a transaction to end.
    """

    told: Sequence[Told]
    cursor: Position
    is_full: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An event that streams show: to whom by its declaration, and which feature opens its records ("": none)."""

    broadcast: Broadcast
    feature: str


def start(tenant_id: UUID) -> Position:
    """Where the tenant's stream stands now: behind everything that has ended."""
    with system_scope(tenant_id, REASON), whole_tenant():
        [(done, *_)] = _rows(tenant_id, END, END, limit=0)
    return Position(done)


def read(tenant_id: UUID, after: Position, actors: Sequence[Actor]) -> Batch:
    """What has come since; `actors` are those who listen, each once."""
    with system_scope(tenant_id, REASON), whole_tenant():
        rows = _rows(tenant_id, after, END, limit=MOST)
        told = _told(tenant_id, _happened(rows), actors)
    [done, _ahead, is_held] = rows[0][:3]
    if len(told) == MOST:
        return Batch(told, told[-1].position, is_full=True)
    return Batch(told, max(after, Position(done)), is_held=is_held)


def catch_up(tenant_id: UUID, after: Position, upto: Position, actor: Actor) -> Sequence[Told] | None:
    """What a client that comes back has missed; None when that is too much, or its place is none of this database."""
    with system_scope(tenant_id, REASON), whole_tenant():
        if _between(tenant_id, after, upto) > SCANNED:
            return None
        rows = _rows(tenant_id, after, upto, limit=LONGEST + 1)
        [_done, ahead, _is_held] = rows[0][:3]
        happened = _happened(rows)
        if len(happened) > LONGEST or after.xid > ahead:
            return None
        return _told(tenant_id, happened, [actor])


def shown() -> Mapping[str, Shown]:
    """Events of this process's declarations that streams show."""
    return _shown(EVENTS.changes, ENTITIES.changes)


@lru_cache(maxsize=4)
def _shown(events: int, entities: int) -> Mapping[str, Shown]:
    """The numbers are the key of the cache."""
    return {
        item.name: Shown(item.broadcast, feature_of(item.entity))
        for item in EVENTS.values()
        if item.broadcast is not Broadcast.NONE
    }


def feature_of(entity_id: str) -> str:
    """The feature that opens records of the kind; "" where none does."""
    entity = ENTITIES.get(entity_id)
    return view_feature_of(entity.model) if entity is not None else ""


def _rows(tenant_id: UUID, after: Position, upto: Position, *, limit: int) -> list[Any]:
    """At least one: where nothing was found, with the edge and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {**_range(tenant_id, after, upto), "names": list(shown()), "limit": limit})
        return list(cursor.fetchall())


def _between(tenant_id: UUID, after: Position, upto: Position) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN, {**_range(tenant_id, after, upto), "limit": SCANNED + 1})
        [count] = cursor.fetchone()
    return int(count)


def _range(tenant_id: UUID, after: Position, upto: Position) -> dict[str, Any]:
    return {
        "tenant": tenant_id,
        "after_xid": str(after.xid),
        "after_seq": after.seq,
        "upto_xid": str(upto.xid),
        "upto_seq": upto.seq,
    }


def _happened(rows: Sequence[Any]) -> list[Happened]:
    return [Happened(row[3], Position(*row[4:6]), *row[6:]) for row in rows if row[3] is not None]


def _told(tenant_id: UUID, events: Sequence[Happened], actors: Sequence[Actor]) -> list[Told]:
    closed = seen_by(events, actors)
    declared = shown()
    return [
        Told(
            item.position,
            Audience(
                declared[item.name].broadcast,
                declared[item.name].feature,
                item.organization_id,
                None if item.recipients is None else frozenset(item.recipients),
                closed.get(item.record_id) if item.record_id is not None else None,
            ),
            frame_of(item, tenant_id),
        )
        for item in events
    ]
