"""References that point nowhere, for the operator's check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from apps.kernel.references.fields import OnDeletion, ReferenceField, reference_fields
from apps.kernel.registry.entities import ENTITIES


@dataclass(frozen=True, slots=True)
class Dangling:
    """`count` rows of `table` point through `column` to records of `target` that are not there."""

    table: str
    column: str
    target: str
    count: int


def dangling_references() -> Iterator[Dangling]:
    """Count dangling references of the open scope, field by field; `keep` may dangle and is not counted."""
    for model in apps.get_models():
        for field in reference_fields(model):
            if field.is_available and field.on_deletion is not OnDeletion.KEEP:
                yield from _count(model, field)


def _count(model: type[models.Model], field: ReferenceField) -> Iterator[Dangling]:
    targets = ENTITIES[field.target].living().filter(pk=models.OuterRef(field.attname))
    rows = model._default_manager.filter(**{f"{field.attname}__isnull": False})
    if any(item.name == "deleted_at" for item in model._meta.local_concrete_fields):
        rows = rows.filter(deleted_at__isnull=True)
    count = rows.exclude(models.Exists(targets)).count()
    if count:
        yield Dangling(model._meta.db_table, str(field.column), field.target, count)
