"""Follows what happens to records: documents change behind every change of a record, whoever made it and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from apps.kernel.commands.models import Action, RowImage
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import BulkChanged, RecordChanged, TablesLoaded
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue_many
from apps.search.selectors.kinds import is_told, kinds_told_as, told_tables, wholes_of
from apps.search.services.indexing import BATCH, index_told, writing
from apps.search.services.rebuilding import begin_rebuild

CATCH_UP_WORK: Final = "search.catch_up"
IMAGE: Final = ("table_name", "row_id", "before", "after")
Facts = Mapping[str, Any] | None
Told = dict[str, set[UUID]]


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
    for entity, ids in _wholes(changed).items():
        changed[entity] |= ids
    rebuilt = {kind for told in loaded for kind in (*kinds_told_as(told), *wholes_of(told))}
    with writing({*changed, *loaded, *rebuilt}) as way:
        for entity in sorted(changed):
            index_told(entity, changed[entity], way)
        for entity in sorted(rebuilt):
            begin_rebuild(entity)
        enqueue_many(CATCH_UP_WORK, actions)


def _wholes(changed: Mapping[str, Collection[UUID]]) -> Told:
    """Records that changed rows are or were a part of, as far as the images of the rows still say so."""
    parts = {entity: ids for entity, ids in changed.items() if wholes_of(entity)}
    if not parts:
        return {}
    rows = {row_id for ids in parts.values() for row_id in ids}
    with whole_tenant():
        images = RowImage.objects.filter(row_id__in=rows, table_name__in=list(told_tables()))
        return _told(images.values_list(*IMAGE), own=False)


def _told(images: Iterable[tuple[str, UUID, Facts, Facts]], *, own: bool) -> Told:
    """Records that images are about, by entity: their own rows where `own`, and rows that belong to them."""
    found: Told = defaultdict(set)
    tables = told_tables()
    for table, row_id, before, after in images:
        entity = tables[table]
        if own:
            found[entity].add(row_id)
        for whole, column in wholes_of(entity).items():
            found[whole] |= {UUID(facts[column]) for facts in (before, after) if facts and facts.get(column)}
    return found


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
        found = list(images.order_by("seq").values_list(*IMAGE, "seq")[:BATCH])
    told = _told((image[:-1] for image in found), own=True)
    with writing(told) as way:
        for entity in sorted(told):
            index_told(entity, told[entity], way)
    return (action_id, found[-1][-1]) if len(found) == BATCH else None


def action_tree(action_id: UUID) -> list[UUID]:
    """An action and everything that ran inside it."""
    return [action_id, *_inside([action_id])]


def _inside(parents: list[UUID]) -> Iterator[UUID]:
    while parents:
        parents = list(Action.objects.filter(parent_id__in=parents).values_list("pk", flat=True))
        yield from parents
