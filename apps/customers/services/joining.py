"""What belongs to one record goes over to another, without doubles and with one primary row of each group.

What is unique, and of what only one is primary, is read from the constraints: whatever table comes to this module
later, and points to customers, is joined as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.lookups import IsNull

from apps.customers.errors import InTheWay
from apps.customers.models import CustomerRecord, NotDuplicate
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.references.columns import pointing_fields
from apps.kernel.references.moving import move

MODULE = "customers"
SCOPED = frozenset({"tenant_id", "organization_id"})


@dataclass(frozen=True, slots=True)
class Place:
    """A column whose rows belong to a record: a key inside the module, or a reference."""

    model: type[models.Model]
    column: str

    def rows(self, owner: UUID) -> models.QuerySet[Any]:
        """Rows of the owner, hidden ones too."""
        rows: models.QuerySet[Any] = self.model._default_manager.filter(**{self.column: owner})
        return rows

    def unique(self) -> Iterator[models.UniqueConstraint]:
        """Constraints by which one owner cannot have two alike."""
        for item in self.model._meta.constraints:
            if isinstance(item, models.UniqueConstraint) and self.column in self.columns_of(item):
                yield item

    def columns_of(self, constraint: models.UniqueConstraint) -> set[str]:
        """Columns of a constraint, keys by the name of their column."""
        return {self._column(name) for name in constraint.fields}

    def _column(self, name: str) -> str:
        if name.endswith("_id"):
            return name
        field: Any = self.model._meta.get_field(name)
        return str(field.attname)

    def twins(self, constraint: models.UniqueConstraint, owner: UUID) -> models.Exists:
        """The condition that a row has a twin among the owner's: alike but for whose it is."""
        alike = self.columns_of(constraint) - SCOPED - {self.column}
        counts_nulls = constraint.nulls_distinct is False
        rows = self.rows(owner).filter(*(_same(name, nulls=counts_nulls) for name in alike))
        return models.Exists(rows.filter(constraint.condition) if constraint.condition else rows)


def _same(name: str, *, nulls: bool) -> models.Q:
    """The condition that a column has the outer row's value; with `nulls` two empty ones are the same."""
    same = models.Q(**{name: models.OuterRef(name)})
    if not nulls:
        return same
    return same | models.Q(IsNull(models.OuterRef(name), True), **{f"{name}__isnull": True})


def places_of(model: type[models.Model]) -> list[Place]:
    """Keys of this module that point to the model, by table and column; the record's own row is none of them."""
    found = [
        Place(item, str(field.attname))
        for item in apps.get_app_config(MODULE).get_models()
        for field in item._meta.local_concrete_fields
        if isinstance(field, TenantForeignKey) and field.remote_field.model is model and _belongs(item, field)
    ]
    return sorted(found, key=lambda place: (place.model._meta.db_table, place.column))


def _belongs(model: type[models.Model], field: TenantForeignKey) -> bool:
    """Say whether the key says whose the row is. Decisions about pairs are turned by `services.duplicates`."""
    return not (issubclass(model, CustomerRecord) and field.name == "customer") and model is not NotDuplicate


def join_rows(model: type[models.Model], old: UUID, new: UUID) -> int:
    """Give everything of one record to the other, and say how many rows came. Doubles go; undo brings them back."""
    return sum(_joined(place, old, new) for place in places_of(model))


def _joined(place: Place, old: UUID, new: UUID) -> int:
    for constraint in place.unique():
        flag = _flag(constraint)
        if flag:
            place.rows(old).filter(place.twins(constraint, new), **{flag: True}).update(**{flag: False})
        else:
            _drop_doubles(place, constraint, old, new)
    return move(place.rows(old), **{place.column: new})


def _flag(constraint: models.UniqueConstraint) -> str:
    """The mark of which a group has one (`is_primary`); "" for a constraint that is about something else."""
    children = constraint.condition.children if constraint.condition else []
    [mark] = children if len(children) == 1 else [("", None)]
    return str(mark[0]) if isinstance(mark, tuple) and mark[1] is True else ""


def _drop_doubles(place: Place, constraint: models.UniqueConstraint, old: UUID, new: UUID) -> None:
    doubles = place.rows(old).filter(place.twins(constraint, new))
    if constraint.condition:
        doubles = doubles.filter(constraint.condition)
    heirs = _heirs(place, constraint, old, new)
    _keep_parts(place, constraint, doubles, new)
    doubles.delete()
    for flag, ids in heirs.items():
        place.rows(new).filter(pk__in=ids).update(**{flag: True})


def _keep_parts(place: Place, constraint: models.UniqueConstraint, doubles: models.QuerySet[Any], new: UUID) -> None:
    """Give what belongs to doubles to their twins: two places of work in one company become one with the roles of
    both."""
    if not places_of(place.model):
        return
    alike = sorted(place.columns_of(constraint) - SCOPED - {place.column})
    twins = {tuple(key): pk for pk, *key in place.rows(new).values_list("pk", *alike)}
    for pk, *key in doubles.values_list("pk", *alike):
        join_rows(place.model, pk, twins[tuple(key)])


def _heirs(place: Place, constraint: models.UniqueConstraint, old: UUID, new: UUID) -> dict[str, list[UUID]]:
    """Rows that take over a mark from their doubles: the primary place of work of a person, in two companies that
    become one."""
    found = {}
    for other in place.model._meta.constraints:
        flag = _flag(other) if isinstance(other, models.UniqueConstraint) else ""
        if flag and isinstance(other, models.UniqueConstraint) and place.column not in place.columns_of(other):
            alike = place.columns_of(constraint) - SCOPED - {place.column}
            marked = place.rows(old).filter(**{flag: True}, **{name: models.OuterRef(name) for name in alike})
            found[flag] = list(place.rows(new).filter(models.Exists(marked)).values_list("pk", flat=True))
    return found


def make_way(entity: str, old: UUID, new: UUID) -> None:
    """See to it that references to the entity can be re-pointed: doubles of this module go, others refuse.

    Raises InTheWay where rows of another module could not stand side by side.
    """
    for model, field in pointing_fields(entity):
        place = Place(model, str(field.attname))
        for constraint in place.unique():
            doubles = place.rows(old).filter(place.twins(constraint, new))
            if constraint.condition:
                doubles = doubles.filter(constraint.condition)
            if model._meta.app_label == MODULE:
                doubles.delete()
            elif count := doubles.count():
                raise InTheWay(count=count, kind=str(model._meta.verbose_name_plural))
