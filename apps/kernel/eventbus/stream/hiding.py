"""Restricted records: which listeners see those that events are about, for all listeners at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import IntegerField, QuerySet, Value

from apps.kernel.access.objects import Level
from apps.kernel.access.visible import can_be_restricted, granted, is_open
from apps.kernel.commands.models import RowImage
from apps.kernel.eventbus.stream.audience import Key
from apps.kernel.eventbus.stream.messages import Happened
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor

TOGETHER: Final = 50  # listeners whose grants are asked for in one statement

Seen = dict[UUID, frozenset[Key]]


def seen_by(events: Iterable[Happened], actors: Sequence[Actor]) -> Seen:
    """Restricted records among those that the events are about → the actors who see each.

    Two queries for each kind that may be restricted, and for each that it is below; others cost nothing. Only where
    a restricted record is among them, the grants of all listeners are asked for, fifty listeners in a statement.
    """
    about: defaultdict[type[models.Model], set[UUID]] = defaultdict(set)
    for event in events:
        entity = ENTITIES.get(event.entity)
        if event.record_id is not None and entity is not None and can_be_restricted(entity.model):
            about[entity.model].add(event.record_id)
    found: Seen = {}
    for model, ids in about.items():
        found |= _seen_of(model, ids, actors)
        for record, keys in _seen_from_above(model, ids, actors).items():
            found[record] = found.get(record, keys) & keys
    return found


def _seen_from_above(model: type[models.Model], ids: set[UUID], actors: Sequence[Actor]) -> Seen:
    """Records that are below restricted ones → the actors who see those."""
    above: Mapping[str, tuple[type[models.Model], ...]] = getattr(model, "below", {})
    found: Seen = {}
    for column, kinds in above.items():
        rows = model._default_manager.order_by().filter(pk__in=ids, **{f"{column}__isnull": False})
        places = dict(rows.values_list("pk", column))
        for kind in kinds if places else ():
            seen = _seen_of(kind, set(places.values()), actors)
            for record, place in places.items():
                if place in seen:
                    found[record] = found.get(record, seen[place]) & seen[place]
    return found


def _seen_of(model: type[models.Model], ids: set[UUID], actors: Sequence[Actor]) -> Seen:
    unbound = frozenset((actor.kind, actor.id) for actor in actors if is_open(model, actor))
    bound = [actor for actor in actors if not is_open(model, actor)]
    found: Seen = {}
    for rows, column in ((_restricted(model, ids), "pk"), (_lost(model, ids), "row_id")):
        closed = set(rows.values_list(column, flat=True))
        if closed:
            holders = _holders(model, rows, column, bound)
            found |= {record: unbound | holders.get(record, frozenset()) for record in closed}
    return found


def _restricted(model: type[models.Model], ids: set[UUID]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.order_by().filter(pk__in=ids, is_restricted=True)
    return rows


def _lost(model: type[models.Model], ids: set[UUID]) -> QuerySet[Any]:
    """Images of records that were restricted when they were deleted for good; they can come back by undo."""
    gone = RowImage.objects.order_by().filter(table_name=model._meta.db_table, operation="D", row_id__in=ids)
    return gone.filter(before__contains={"is_restricted": True})


def _holders(model: type[models.Model], rows: QuerySet[Any], column: str, actors: Sequence[Actor]) -> Seen:
    """Record → those of the actors to whom it was granted."""
    found: defaultdict[UUID, set[Key]] = defaultdict(set)
    for some in _chunks(actors):
        arms = [
            rows.filter(granted(model, Level.VIEW, actor, record=column))
            .annotate(holder=Value(number, IntegerField()))
            .values_list(column, "holder")
            for number, actor in enumerate(some)
        ]
        for record, number in arms[0].union(*arms[1:], all=True):
            found[record].add((some[number].kind, some[number].id))
    return {record: frozenset(keys) for record, keys in found.items()}


def _chunks(actors: Sequence[Actor]) -> Iterator[Sequence[Actor]]:
    for start in range(0, len(actors), TOGETHER):
        yield actors[start : start + TOGETHER]
