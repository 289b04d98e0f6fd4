"""Follows what happens to records: documents change behind every change of a record, whoever made it and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from apps.kernel.commands.models import Action, RowImage
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import BulkChanged, RecordChanged, TablesLoaded
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue_many
from apps.search.selectors.kinds import is_told, kinds_told_as, told_tables
from apps.search.services.indexing import BATCH, index_told, writing
from apps.search.services.rebuilding import begin_rebuild

CATCH_UP_WORK: Final = "search.catch_up"


def follow(events: Sequence[tuple[Any, EventContext]]) -> None:
    """Bring documents up to date after these events, in the transaction in which they are delivered."""
    changed: dict[str, set[UUID]] = defaultdict(set)
    actions: set[UUID] = set()
    loaded: set[str] = set()
    for payload, ctx in events:
        if isinstance(payload, RecordChanged) and is_told(ctx.entity):
            changed[ctx.entity].add(payload.resource_id)
        elif isinstance(payload, BulkChanged):
            actions.add(payload.action_id)
        elif isinstance(payload, TablesLoaded):
            loaded |= set(filter(is_told, payload.entities))
    with writing([*changed, *loaded]) as way:
        for entity in sorted(changed):
            index_told(entity, changed[entity], way)
        for entity in sorted(kind for told in loaded for kind in kinds_told_as(told)):
            begin_rebuild(entity)
        enqueue_many(CATCH_UP_WORK, actions)


def catch_up(action_id: UUID, lease: Lease) -> None:
    """Index what one large change touched, five hundred rows in a transaction; done again after a crash."""
    tables = told_tables()
    place: tuple[UUID, int] | None = None
    with whole_tenant():
        members = action_tree(action_id)
    for member in members:
        place = (member, 0)
        while place is not None:
            lease.check()
            place = _next_piece(place, tables)


def _next_piece(place: tuple[UUID, int], tables: dict[str, str]) -> tuple[UUID, int] | None:
    """Index the rows of the next images of an action; where to go on, None at the end."""
    action_id, seq = place
    with whole_tenant():
        images = RowImage.objects.filter(action_id=action_id, seq__gt=seq, table_name__in=list(tables))
        found = list(images.order_by("seq").values_list("seq", "table_name", "row_id")[:BATCH])
    ids: dict[str, set[UUID]] = defaultdict(set)
    for _seq, table, row_id in found:
        ids[table].add(row_id)
    with writing(tables[table] for table in ids) as way:
        for table in sorted(ids):
            index_told(tables[table], ids[table], way)
    return (action_id, found[-1][0]) if len(found) == BATCH else None


def action_tree(action_id: UUID) -> list[UUID]:
    """An action and everything that ran inside it."""
    return [action_id, *_inside([action_id])]


def _inside(parents: list[UUID]) -> Iterator[UUID]:
    while parents:
        parents = list(Action.objects.filter(parent_id__in=parents).values_list("pk", flat=True))
        yield from parents
