"""The kernel's port of custom fields, answered from the tenant's definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.forms import Field

from apps.entities.models import Record
from apps.entities.selectors import fields_now
from apps.entities.selectors.columns import columns_of
from apps.entities.selectors.inputs import form_fields
from apps.entities.selectors.showing import (
    cell_values,
    changed_values,
    offered_fields,
    shown_values,
    target_of,
    worded_values,
)
from apps.entities.selectors.types import made_kinds
from apps.entities.services.counting import USES
from apps.entities.services.restoring import demand_restorable, pointers
from apps.entities.services.targets import claim
from apps.entities.services.values import complaints_about, settle
from apps.kernel.bases.custom_columns import CustomColumn
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

    def claim(self, row: Any, ids: Iterable[UUID]) -> None:
        """Give a saved row the drafts of files that it was settled with. Raises InvalidInput."""
        claim(row, ids)

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
        entities = list(made_kinds()) if entity == Record.entity_id else [entity]
        found = (item for name in entities for item in fields_now(name).every.items())
        return frozenset(key for key, field in found if field.is_encrypted)

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
        entities = list(made_kinds()) if entity == Record.entity_id else [entity]
        found = (fields_now(name).every.get(key) for name in entities)
        return next((target for field in found if field and (target := target_of(field))), "")

    def columns(self, entity: str) -> Mapping[str, CustomColumn]:
        """Fields that lists may filter and sort by, those of every organization."""
        return columns_of(fields_now(entity).every.values())

    def note_use(self, entity: str, *, filtered: Iterable[str], sorted_by: Iterable[str]) -> None:
        """Count what a list was asked for."""
        USES.note(entity, filtered=filtered, sorted_by=sorted_by)
