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


def validate_references(rows: Iterable[models.Model]) -> None:
    """Check that every reference of the rows points to a living record of the scope, and hold the targets.

    Unknown, foreign, hidden and deleted targets give the same error on the field. Raises InvalidInput with
    all complaints; the targets are locked FOR KEY SHARE against deletion until the transaction ends.
    """
    listed = list(rows)
    _demand(
        (field.attname, (field.target, field.within), getattr(row, field.attname))
        for row in listed
        for field in reference_fields(type(row))
        if field.is_available and getattr(row, field.attname) is not None
    )


def demand_targets(pointers: Iterable[tuple[str, str, UUID]]) -> None:
    """Check `(field, target entity, id)` triples. Raises InvalidInput with one complaint for each bad field."""
    _demand((field, (target, ""), target_id) for field, target, target_id in pointers)


def _demand(pointers: Iterable[tuple[str, tuple[str, str], UUID]]) -> None:
    """The same for fields that take a part of the target only: `(field, (target entity, part), id)`."""
    wanted: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    listed = list(pointers)
    for _field, place, target_id in listed:
        wanted[place].add(target_id)
    missing = {place: ids - hold(ENTITIES[place[0]], ids, within=place[1]) for place, ids in wanted.items()}
    bad = sorted({field for field, place, target_id in listed if target_id in missing[place]})
    if bad:
        text = _("There is no such record.")
        raise InvalidInput(errors=tuple(FieldError(field, UNKNOWN, text) for field in bad))


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
