"""References are checked in commands: one query for each target entity, whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.fields import reference_fields
from apps.kernel.registry.entities import ENTITIES, Entity

UNKNOWN = "kernel.reference.unknown"
Place = tuple[str, str]  # the target entity, and the part of it that a field takes; "" for all of it


def validate_references(rows: Iterable[models.Model]) -> None:
    """Check that every reference of the rows points to a living record of the scope, and hold the targets.

    Unknown, foreign, hidden and deleted targets give the same error on the field. Where a stored row points already may
    stay, whatever became of it: it is not in the way of who changes something else. Raises InvalidInput with all
    complaints; the targets are locked FOR KEY SHARE against deletion until the transaction ends.
    """
    pointers = [
        (row, field.attname, (field.target, field.within), getattr(row, field.attname))
        for row in rows
        for field in reference_fields(type(row))
        if field.is_available and getattr(row, field.attname) is not None
    ]
    missing = _missing((place, target_id) for _row, _field, place, target_id in pointers)
    _refuse(
        field
        for row, field, place, target_id in pointers
        if target_id in missing[place] and not _points_already(row, field, target_id)
    )
    closed = closed_among((place[0], target_id) for _row, _field, place, target_id in pointers)
    shut = (item for item in pointers if (item[2][0], item[3]) in closed)
    if found := [
        FieldError(field, *closed[place[0], target_id])
        for row, field, place, target_id in shut
        if not _points_already(row, field, target_id)
    ]:
        raise InvalidInput(errors=tuple(found))


def demand_targets(pointers: Iterable[tuple[str, str, UUID]]) -> None:
    """Check `(field, target entity, id)` triples. Raises InvalidInput with one complaint for each bad field."""
    listed = list(pointers)
    missing = _missing(((target, ""), target_id) for _field, target, target_id in listed)
    _refuse(field for field, target, target_id in listed if target_id in missing[target, ""])


def closed_among(pointers: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], tuple[str, str]]:
    """Those of the pairs of target entity and id, which are held, that nothing new may point to: code and words."""
    by_entity: dict[str, set[UUID]] = defaultdict(set)
    for target, target_id in pointers:
        by_entity[target].add(target_id)
    return {
        (target, target_id): (code, str(text))
        for target, ids in by_entity.items()
        for target_id, (code, text) in ENTITIES[target].closed(ids).items()
    }


def _missing(wanted: Iterable[tuple[Place, UUID]]) -> dict[Place, set[UUID]]:
    """Ids that are no living records of their place; the others are held, one query for each place."""
    by_place: dict[Place, set[UUID]] = defaultdict(set)
    for place, target_id in wanted:
        by_place[place].add(target_id)
    return {place: ids - hold(ENTITIES[place[0]], ids, within=place[1]) for place, ids in by_place.items()}


def _points_already(row: models.Model, field: str, target_id: UUID) -> bool:
    stored = type(row)._default_manager.filter(pk=row.pk, **{field: target_id})
    return not row._state.adding and stored.exists()


def _refuse(fields: Iterable[str]) -> None:
    if bad := sorted(set(fields)):
        raise InvalidInput(errors=tuple(no_such_record(field) for field in bad))


def no_such_record(field: str) -> FieldError:
    """The complaint about a field that names no living record of the scope."""
    return FieldError(field, UNKNOWN, _("There is no such record."))


def hold(entity: Entity, ids: set[UUID], *, within: str = "") -> set[UUID]:
    """Lock the living rows (of a part) among the ids against deletion and say which they are."""
    rows = entity.part(within).filter(pk__in=sorted(ids)).order_by("pk").values_list("pk", flat=True)
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR KEY SHARE", params)
        return {row[0] for row in cursor.fetchall()}


def pointers_of(model: type[models.Model], image: Mapping[str, Any]) -> list[tuple[str, str, UUID]]:
    """The reference triples of one row image."""
    return [
        (field.attname, field.target, UUID(image[str(field.column)]))
        for field in reference_fields(model)
        if field.is_available and image.get(str(field.column))
    ]
