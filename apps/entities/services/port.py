"""The kernel's port of custom fields, answered from the tenant's definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.forms import Field

from apps.entities.selectors import fields_now
from apps.entities.selectors.inputs import form_fields
from apps.entities.selectors.showing import (
    cell_values,
    changed_values,
    offered_fields,
    shown_values,
    target_of,
    worded_values,
)
from apps.entities.services.restoring import demand_restorable, pointers
from apps.entities.services.values import complaints_about, settle
from apps.kernel.customs import CustomChange, CustomField
from apps.kernel.errors import FieldError


class StoredFields:
    """`FieldDefinitions` of the kernel."""

    def settle(self, rows: Sequence[Any], *, completes: bool) -> list[tuple[int, FieldError]]:
        """Judge what the rows were given; where nothing is wrong, hand each its values."""
        return settle(rows, completes=completes)

    def complaints(self, entity: str, given: Mapping[str, Any], *, is_new: bool) -> list[FieldError]:
        """What can be said of values without their record."""
        return complaints_about(entity, given, is_new=is_new)

    def fields(self, entity: str) -> tuple[CustomField, ...]:
        """The fields that count for the scope's organization."""
        return offered_fields(entity)

    def shown(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Values for the REST interface."""
        return shown_values(entity, stored)

    def cells(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Values for the cells of a file."""
        return cell_values(entity, stored)

    def words(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Values in words."""
        return worded_values(entity, stored)

    def changes(
        self, entity: str, before: Mapping[str, Any], after: Mapping[str, Any], *, reveals: bool
    ) -> list[CustomChange]:
        """What differs between two states of a row."""
        return changed_values(entity, before, after, reveals=reveals)

    def secret_keys(self, entity: str) -> frozenset[str]:
        """Keys of encrypted fields."""
        return frozenset(key for key, field in fields_now(entity).every.items() if field.is_encrypted)

    def demand_restorable(self, entity: str, images: Sequence[Mapping[str, Any]]) -> None:
        """Demand that unique values are free. Raises Duplicate."""
        demand_restorable(entity, images)

    def pointers(self, entity: str, stored: Mapping[str, Any]) -> list[tuple[str, str, UUID]]:
        """What values of a row point to."""
        return pointers(entity, stored)

    def form_fields(self, entity: str, stored: Mapping[str, Any] | None) -> dict[str, Field]:
        """Inputs by key."""
        return form_fields(entity, stored)

    def target(self, entity: str, key: str) -> str:
        """The entity that the field points to."""
        field = fields_now(entity).every.get(key)
        return target_of(field) if field else ""

    def condition(self, entity: str, key: str, text: str) -> Q | None:
        """No list can be filtered by custom fields yet."""
        return None
