"""Reads of custom fields."""

from __future__ import annotations

from apps.entities.selectors.book import Fields, StoredFieldBook, fields_now
from apps.entities.selectors.definitions import (
    entities_with_fields,
    living_definitions,
    model_of,
    possible_kinds,
    visible_definitions,
)

__all__ = [
    "Fields",
    "StoredFieldBook",
    "entities_with_fields",
    "fields_now",
    "living_definitions",
    "model_of",
    "possible_kinds",
    "visible_definitions",
]
