"""The holder that every module has without a word: its `ReferenceField` columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.bitemporal import Bitemporal
from apps.kernel.errors import Conflict
from apps.kernel.references.fields import OnDeletion, ReferenceField, reference_fields
from apps.kernel.references.holders import Dangling, Usage, reference_holder
from apps.kernel.references.moving import move
from apps.kernel.registry.entities import ENTITIES

Pointing = tuple[type[models.Model], ReferenceField]


class FactsPoint(Conflict):
    """Facts that are closed and never overwritten point to the record, so nothing else can take its place there."""

    code = "kernel.reference.facts"
    message = _("{kind} point here, and they are never overwritten.")


def pointing_fields(entity: str) -> list[Pointing]:
    """Models and their reference fields that point to the entity."""
    return [
        (model, field) for model in apps.get_models() for field in reference_fields(model) if field.target == entity
    ]


class ColumnHolder:
    """Reference fields of all models."""

    def usages(self, target: str, ids: Collection[UUID]) -> Iterator[Usage]:
        """One query for all fields that point to the entity."""
        pointing = pointing_fields(target)
        counts = [
            living_pointers(model, field, ids)
            .order_by()
            .values_list(models.Value(number), field.attname)
            .annotate(found=models.Count("pk"))
            for number, (model, field) in enumerate(pointing)
        ]
        for number, target_id, found in sorted(counts[0].union(*counts[1:], all=True)) if counts else ():
            model, field = pointing[number]
            yield Usage(model, field.attname, found, field.on_deletion, target_id)

    def repoint(self, target: str, old: UUID, new: UUID) -> int:
        """Two statements for each field that points to the entity, table by table."""
        ordered = sorted(pointing_fields(target), key=lambda item: (item[0]._meta.db_table, str(item[1].column)))
        return sum(_repoint(model, field, old, new) for model, field in ordered)

    def dangling(self) -> Iterator[Dangling]:
        """One query for each field; `keep` may dangle and is not counted."""
        for model in apps.get_models():
            for field in reference_fields(model):
                if field.is_available and field.on_deletion is not OnDeletion.KEEP:
                    yield from _dangling(model, field)


def living_pointers(
    model: type[models.Model], field: ReferenceField, ids: Collection[UUID]
) -> models.QuerySet[models.Model]:
    """Rows of the model that point to the records and are not soft-deleted."""
    rows: models.QuerySet[models.Model] = model._default_manager.filter(**{f"{field.attname}__in": list(ids)})
    if any(item.name == "deleted_at" for item in model._meta.local_concrete_fields):
        rows = rows.filter(deleted_at__isnull=True)
    return rows


def _dangling(model: type[models.Model], field: ReferenceField) -> Iterator[Dangling]:
    targets = ENTITIES[field.target].living().filter(pk=models.OuterRef(field.attname))
    rows = model._default_manager.filter(**{f"{field.attname}__isnull": False})
    if any(item.name == "deleted_at" for item in model._meta.local_concrete_fields):
        rows = rows.filter(deleted_at__isnull=True)
    count = rows.exclude(models.Exists(targets)).count()
    if count:
        yield Dangling(model._meta.db_table, str(field.column), field.target, count)


def _repoint(model: type[models.Model], field: ReferenceField, old: UUID, new: UUID) -> int:
    rows: Any = model._default_manager.filter(**{field.attname: old})
    if issubclass(model, Bitemporal):
        if rows.exists():
            raise FactsPoint(kind=str(model._meta.verbose_name_plural))
        return 0
    return move(rows, **{field.attname: new})


reference_holder("kernel.columns", ColumnHolder())
