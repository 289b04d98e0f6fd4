"""Unique values: one record of an organization holds them, however many write at once.

Who writes a unique value takes a lock in its name, held until the commit, and only then looks whether another
living record has it: of two who write the same value the second one waits, and finds the first one's. Who writes
many takes one lock for the field instead, which those who write single values share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Value

from apps.entities.calculations import compared_text, index_key
from apps.entities.contracts import FieldDefinition, Kind
from apps.entities.selectors.definitions import rows_of
from apps.entities.selectors.sealing import digest_of
from apps.kernel.commands.loading import hold_lock, hold_locks, share_lock
from apps.kernel.tenancy.scope import current_scope

MANY: Final = 100
DUPLICATE: Final = "kernel.duplicate"
READERS: Final = {Kind.INTEGER: "cf_num", Kind.DECIMAL: "cf_num", Kind.DATETIME: "cf_time"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that a row is about to hold, canonical; `place` is its organization, None where it has none."""

    index: int
    row_id: UUID
    field: FieldDefinition
    place: UUID | None
    value: Any

    @property
    def compared(self) -> Any:
        """What the database compares."""
        if self.field.is_encrypted:
            return digest_of(compared_text(self.value))
        return Decimal(self.value) if reader(self.field) == "cf_num" else self.value

    @property
    def lock(self) -> str:
        """Name of the value's lock."""
        return f"{self.field_lock} {compared_text(self.value).lower()}"

    @property
    def field_lock(self) -> str:
        """Name of the field's lock."""
        return f"unique {current_scope().tenant_id} {self.field.entity} {self.field.key} {self.place}"


def taken(model: type[models.Model], claims: Sequence[Claim]) -> list[Claim]:
    """Claims to values that another living record holds, or an earlier claim of the same lot. Holds their locks."""
    if not claims:
        return []
    _lock(claims)
    groups: dict[tuple[str, str, UUID | None], list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.field.entity, claim.field.key, claim.place].append(claim)
    return [claim for group in groups.values() for claim in _taken(model, group)]


def _lock(claims: Sequence[Claim]) -> None:
    fields = sorted({claim.field_lock for claim in claims})
    if len(claims) > MANY:
        for name in fields:
            hold_lock(name)
        return
    for name in fields:
        share_lock(name)
    hold_locks({claim.lock for claim in claims})


def _taken(model: type[models.Model], claims: Sequence[Claim]) -> list[Claim]:
    field, place = claims[0].field, claims[0].place
    values = [claim.compared for claim in claims]
    others = holders(model, field, place).filter(held__in=values).exclude(pk__in=[claim.row_id for claim in claims])
    held = set(others.values_list("held", flat=True))
    found, seen = [], set()
    for claim, value in zip(claims, values, strict=True):
        if value in held or value in seen:
            found.append(claim)
        seen.add(value)
    return found


def reader(field: FieldDefinition) -> str:
    """The database's reader of the field; the one that a promoted field is indexed with."""
    return "cf_text" if field.is_encrypted else READERS.get(field.kind, "cf_text")


def holders(model: type[models.Model], field: FieldDefinition, place: UUID | None) -> models.QuerySet[Any]:
    """Living records of an organization with the field's value as `held`."""
    rows: models.QuerySet[Any] = rows_of(field.entity)
    if any(item.name == "deleted_at" for item in model._meta.local_concrete_fields):
        rows = rows.filter(deleted_at__isnull=True)
    if place is not None:
        rows = rows.filter(organization_id=place)
    found: models.QuerySet[Any] = rows.annotate(held=held_by(field)).filter(held__isnull=False)
    return found


def held_by(field: FieldDefinition) -> Func:
    """The expression of a field's value."""
    function = reader(field)
    key = index_key(field.key) if field.is_encrypted else field.key
    output: Any = models.DecimalField(max_digits=60, decimal_places=20) if function == "cf_num" else models.TextField()
    return Func(F("custom"), Value(key), function=function, output_field=output)


def repeated(model: type[models.Model], field: FieldDefinition, place: UUID | None) -> list[Any]:
    """Some values that more than one living record of an organization holds; in one, or in all that are seen."""
    by: Iterable[str] = ("organization_id",) if hasattr(model, "organization_id") else ()
    rows = holders(model, field, place).values("held", *by).annotate(count=models.Count("pk"))
    found: Iterable[Mapping[str, Any]] = rows.filter(count__gt=1).order_by()[:10]
    return [row["held"] for row in found]
