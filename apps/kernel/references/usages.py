"""Who points to a record, and what happens to the pointers when it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict
from apps.kernel.references.fields import OnDeletion, ReferenceField, reference_fields


class InUse(Conflict):
    """Other records point to this one; `usages` says how many of which kind."""

    code = "kernel.in_use"
    message = _("Still in use: {summary}.")


@dataclass(frozen=True, slots=True)
class Usage:
    """`count` rows of `model` point to the record through `field`."""

    model: type[models.Model]
    field: str
    count: int
    on_deletion: OnDeletion

    def __str__(self) -> str:
        """Say it for people."""
        return f"{self.count} × {self.model._meta.verbose_name_plural}"


def pointing_fields(entity: str) -> list[tuple[type[models.Model], ReferenceField]]:
    """Models and their reference fields that point to the entity."""
    return [
        (model, field) for model in apps.get_models() for field in reference_fields(model) if field.target == entity
    ]


def usages(entity: str, ids: Iterable[UUID]) -> list[Usage]:
    """How many rows of the scope point to the records, by model and field; those with none are left out."""
    wanted = list(ids)
    counted = [
        Usage(model, field.attname, _living(model, field, wanted).count(), field.on_deletion)
        for model, field in pointing_fields(entity)
    ]
    return [usage for usage in counted if usage.count]


def _living(model: type[models.Model], field: ReferenceField, ids: list[UUID]) -> models.QuerySet[models.Model]:
    rows: models.QuerySet[models.Model] = model._default_manager.filter(**{f"{field.attname}__in": ids})
    if any(item.name == "deleted_at" for item in model._meta.local_concrete_fields):
        rows = rows.filter(deleted_at__isnull=True)
    return rows


def release(entity: str, ids: Iterable[UUID]) -> None:
    """Prepare a deletion: refuse it where a pointer protects, empty the pointers that may be emptied.

    The caller has locked the records FOR UPDATE. Raises InUse with counts.
    """
    wanted = list(ids)
    found = usages(entity, wanted)
    protecting = [usage for usage in found if usage.on_deletion is OnDeletion.PROTECT]
    if protecting:
        counts = {f"{usage.model._meta.label_lower}.{usage.field}": usage.count for usage in protecting}
        raise InUse(summary=", ".join(map(str, protecting)), usages=counts)
    for usage in found:
        if usage.on_deletion is OnDeletion.CLEAR:
            usage.model._default_manager.filter(**{f"{usage.field}__in": wanted}).update(**{usage.field: None})
