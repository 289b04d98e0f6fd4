"""The kinds of record of this module."""

from __future__ import annotations

from apps.entities.models import FieldDefinition
from apps.kernel.registry.entities import entity

entity(
    FieldDefinition,
    icon="dynamic_form",
    search=("label", "key"),
)
