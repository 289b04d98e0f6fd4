"""Restricted records in the history: who does not see a record sees nothing of what happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.kernel.access.objects import Level
from apps.kernel.access.records import about_hidden, about_visible, closed_to, dependent
from apps.kernel.access.visible import beyond, can_be_restricted, granted, may_hide
from apps.kernel.commands.history.images import Image
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.undo.tables import imaged_table
from apps.kernel.tenancy.scope import current_scope

# One look-up by key, and one of the images of the row where there is none.
HAS_ROW: Final = """
SELECT '{kind}' WHERE EXISTS (SELECT FROM "{table}" WHERE "{key}" = %(id)s)
    OR EXISTS (SELECT FROM row_image WHERE row_id = %(id)s AND operation = 'D' AND table_name = '{table}')
"""


def without_hidden(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Actions without those about records that are hidden from the actor, or were when they were deleted for good.

    An undo is about another action, whose label names the record: it is judged by the rows that it put back.
    """
    return about_reached(_without_undos_of_hidden(rows), record="resource_id")


def unless_hidden(rows: QuerySet[Any], resource: tuple[str, UUID | None]) -> QuerySet[Any]:
    """`without_hidden` of a single action, whose kind and id of record are given: asks the kinds that have such a row.

    The others have nothing that could hide it: no row of this id, and no image of one that was deleted.
    """
    entity, record_id = resource
    if entity == Action.entity_id:
        rows = _without_undos_of_hidden(rows)
    if record_id is None:
        return rows
    return about_reached(rows, record="resource_id", among=_kinds_with(record_id))


def _kinds_with(record_id: UUID) -> set[str]:
    """The kinds that have a row of the id, or had one; of those that can hide anything from the actor, in one query."""
    kinds = (*closed_to(current_scope().actor), *(kind for kind in dependent() if not kind.is_part))
    if not kinds:
        return set()
    arms = [HAS_ROW.format(kind=kind.id, table=kind.model._meta.db_table, key=_key(kind.model)) for kind in kinds]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(arms), {"id": record_id})
        return {kind for (kind,) in cursor.fetchall()}


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _without_undos_of_hidden(rows: QuerySet[Any]) -> QuerySet[Any]:
    for kind in closed_to(current_scope().actor):
        hidden = beyond(kind.model._default_manager.all(), Level.VIEW).values("pk")
        put_back = RowImage.objects.filter(action_id=OuterRef("pk"), row_id__in=hidden)
        rows = rows.exclude(Q(resource_entity=Action.entity_id) & Exists(put_back))
    return rows


def about_reached(
    rows: QuerySet[Any], *, record: str, with_parts: bool = False, among: Collection[str] | None = None
) -> QuerySet[Any]:
    """Rows without those whose record is hidden from the actor, or was when it was deleted for good.

    `record` names the column that holds the record's id; see `about_visible` for `with_parts` and `among`.
    """
    for kind in closed_to(current_scope().actor, among):
        rows = rows.exclude(Exists(_lost(kind.model).filter(row_id=OuterRef(record))))
    return about_visible(rows, record=record, with_parts=with_parts, among=among)


def hidden_ids(images: Iterable[Image]) -> set[UUID]:
    """Ids of the records among the images' rows that are hidden from the actor.

    Two queries for each kind of record that may be restricted, one for each that is about such records; the others
    cost nothing.
    """
    actor = current_scope().actor
    touched: dict[type[models.Model], set[UUID]] = defaultdict(set)
    for image in images:
        model = _model(image.table_name)
        if model is not None:
            touched[model].add(image.row_id)
    hidden: set[UUID] = set()
    for entity in dependent():
        if ids := touched.get(entity.model):
            hidden |= set(about_hidden(entity).filter(pk__in=ids).values_list("pk", flat=True))
    for model, ids in touched.items():
        if not (can_be_restricted(model) and may_hide(model, actor)):
            continue
        hidden |= set(beyond(model._default_manager.filter(pk__in=ids), Level.VIEW).values_list("pk", flat=True))
        hidden |= set(_lost(model).filter(row_id__in=ids).values_list("row_id", flat=True))
    return hidden


def _model(table: str) -> type[models.Model] | None:
    try:
        return imaged_table(table).model
    except LookupError:
        return None


def _lost(model: type[models.Model]) -> QuerySet[RowImage]:
    """Images of records that were restricted when they were deleted for good, and were not granted to the actor."""
    again = model._default_manager.filter(pk=OuterRef("row_id"))
    gone = RowImage.objects.filter(
        operation="D", table_name=model._meta.db_table, before__contains={"is_restricted": True}
    )
    kept = gone.exclude(Exists(again))
    return kept.exclude(granted(model, Level.VIEW, current_scope().actor, record="row_id"))
