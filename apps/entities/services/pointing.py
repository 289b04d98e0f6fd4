"""Custom values as a holder of references: counted before a record goes, moved when another takes its place."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast, JSONObject
from django.db.models.lookups import Exact

from apps.entities.errors import ValueUnique
from apps.entities.models import FieldDefinition
from apps.entities.selectors import fields_now
from apps.entities.selectors.definitions import has_organizations, rows_of
from apps.entities.selectors.pointing import (
    Pointing,
    counts_by_id,
    defaults_by_id,
    every_pointing_field,
    held_under,
    living_rows,
    pointing_fields,
    pointing_rows,
)
from apps.kernel import clock
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.holders import Dangling, Usage
from apps.kernel.registry.entities import ENTITIES


class CustomValues:
    """Values of relations, dictionaries and files in the column `custom`, and the defaults that become such values."""

    def usages(self, target: str, ids: Collection[UUID]) -> Iterator[Usage]:
        """One query for each field that points to the target; where none does, no record is looked at."""
        fields = [field for field in pointing_fields(target) if field.is_living]
        for field in fields:
            label = f"{field.kind.label_plural} ({field.label})"
            for target_id, count in counts_by_id(field, ids):
                yield Usage(field.kind.model, field.column, count, OnDeletion.PROTECT, target_id, label)
        for target_id, count in defaults_by_id(target, ids) if fields else ():
            yield Usage(FieldDefinition, "default", count, OnDeletion.PROTECT, target_id)

    def repoint(self, target: str, old: UUID, new: UUID) -> int:
        """Three statements for each kind of record with such fields, table by table. Raises ValueUnique.

        Values of deleted fields move too, so that restoring the field shows what took the place of the old value.
        """
        moved = _repoint_defaults(target, old, new)
        for _entity, fields in groupby(pointing_fields(target), key=lambda field: field.entity):
            moved += _repoint(list(fields), str(old), str(new))
        return moved

    def dangling(self) -> Iterator[Dangling]:
        """Living values that lead to no living record, field by field."""
        for (entity, key), targets in every_pointing_field().items():
            rows = living_rows(entity, key).filter(held__isnull=False)
            for target in sorted(targets):
                rows = rows.exclude(Exists(_living(target)))
            if count := rows.count():
                yield Dangling(rows.model._meta.db_table, f"custom.{key}", " or ".join(sorted(targets)), count)


def _repoint_defaults(target: str, old: UUID, new: UUID) -> int:
    rows = pointing_rows(target).filter(default=str(old))
    _lock(rows)
    fresh = Value(str(new), models.JSONField())
    return int(rows.update(default=fresh, version=F("version") + 1, updated_at=clock.now()))


def _repoint(fields: Sequence[Pointing], old: str, new: str) -> int:
    holds = {field.key: Q(Exact(held_under(field.key), Value(old))) for field in fields}
    rows = rows_of(fields[0].entity).filter(Q(*holds.values(), _connector=Q.OR))
    _lock(rows)
    names = {item.name for item in rows.model._meta.local_concrete_fields}
    bumped = {"version": F("version") + 1} if "version" in names else {}
    moved = int(rows.update(custom=_with(holds, new), updated_at=clock.now(), **bumped))
    for field in fields if moved else ():
        _demand_unique(field, new)
    return moved


def _lock(rows: models.QuerySet[Any]) -> None:
    """Lock the rows by id: whoever else changes several of them waits for the first."""
    locked = rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True)
    deque(locked.iterator(), maxlen=0)


def _with(holds: dict[str, Q], new: str) -> Func:
    """The column with the new id under each key that holds the old one, and with everything else as it is."""
    cases = {key: Case(When(hold, then=Value(new)), output_field=TextField()) for key, hold in holds.items()}
    changes = Func(JSONObject(**cases), function="jsonb_strip_nulls")
    return Func(F("custom"), changes, template="(%(expressions)s)", arg_joiner=" || ", output_field=models.JSONField())


def _demand_unique(field: Pointing, value: str) -> None:
    """Demand that a unique field is so after a move.

    No lock in the value's name is needed: who writes the value holds the record that it leads to, and the merge has
    locked that against them.
    """
    book = fields_now(field.entity)
    if not any(own[field.key].rules.is_unique for own in (book.every, *book.places.values()) if field.key in own):
        return
    rows = living_rows(field.entity, field.key).filter(held=value)
    if not has_organizations(field.entity):
        counts: list[tuple[UUID | None, int]] = [(None, rows.count())]
    else:
        counts = list(rows.order_by().values_list("organization_id").annotate(found=Count("pk")))
    for place, count in counts:
        known = book.of(place).get(field.key)
        if count > 1 and known is not None and known.rules.is_unique:
            raise ValueUnique(label=str(known.label), count=count)


def _living(target: str) -> models.QuerySet[Any]:
    """Records that a value leads to. Compared as text: what is no id dangles as well, and is no reason to stop."""
    written = ENTITIES[target].living().annotate(written=Cast("pk", TextField()))
    rows: models.QuerySet[Any] = written.filter(written=OuterRef("held"))
    return rows
