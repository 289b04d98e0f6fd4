"""Rows on the way to their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.entities.contracts import FieldDefinition
from apps.kernel.errors import FieldError


@dataclass(slots=True)
class Draft:
    """A row on the way to its values: canonical ones of the keys that were given, None for those that go.

    `claims` are files that become the row's own as soon as it is saved.
    """

    index: int
    row: Any
    fields: Mapping[str, FieldDefinition]
    values: dict[str, Any] = field(default_factory=dict)
    complaints: list[FieldError] = field(default_factory=list)
    claims: list[UUID] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Say whether the row is not in the database yet."""
        return bool(self.row._state.adding)

    def complain(self, key: str, code: str, message: str) -> None:
        """Note a complaint about a field."""
        self.complaints.append(FieldError(f"custom_fields.{key}", code, message))
