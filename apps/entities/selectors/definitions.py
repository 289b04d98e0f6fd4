"""Definitions as rows, and what may have custom fields at all."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models import Q, QuerySet

from apps.entities.contracts import Kind
from apps.entities.models import FieldDefinition, Record
from apps.entities.models.records import PREFIX
from apps.entities.selectors.types import made_kinds
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import current_scope

# Kinds whose values are records of another module.
HOLDERS: Final = {Kind.DICTIONARY: "dictionaries.entry", Kind.FILE: "attachments.attachment"}


def visible_definitions() -> QuerySet[Any]:
    """Definitions of the tenant, and those of organizations that the scope sees; deleted ones too."""
    seen = sorted(current_scope().organization_ids)
    return FieldDefinition.objects.filter(Q(for_organization_id__isnull=True) | Q(for_organization_id__in=seen))


def living_definitions() -> QuerySet[Any]:
    """The same without those that were deleted."""
    return visible_definitions().filter(deleted_at__isnull=True)


def entities_with_fields() -> dict[str, Entity]:
    """Kinds of record that take custom fields, by id."""
    declared = {item.id: item for item in ENTITIES.values() if issubclass(item.model, CustomFields)}
    del declared[Record.entity_id]  # it has those of its type
    return declared | made_kinds()


def model_of(entity: str) -> type[models.Model]:
    """The model of a kind of record that takes custom fields."""
    return ENTITIES[entity].model


def rows_of(entity: str) -> QuerySet[Any]:
    """Every row of a kind of record that takes custom fields, deleted ones too."""
    rows: QuerySet[Any] = model_of(entity)._default_manager.all()
    return rows.filter(type__key=entity.removeprefix(PREFIX)) if entity.startswith(PREFIX) else rows


def has_organizations(entity: str) -> bool:
    """Say whether records of the kind belong to organizations."""
    return entity in ENTITIES and issubclass(ENTITIES[entity].model, OrganizationModel)


def possible_kinds() -> tuple[Kind, ...]:
    """Kinds whose holders are installed."""
    return tuple(kind for kind in Kind if HOLDERS.get(kind, "entities.definition") in ENTITIES)
