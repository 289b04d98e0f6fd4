"""Writes of the entities module."""

from __future__ import annotations

from apps.entities.services.definitions import (
    create_definition,
    delete_definition,
    purge_definition,
    reorder_definitions,
    restore_definition,
    update_definition,
)
from apps.entities.services.promoting import ask_for_index, promote_definition
from apps.entities.services.type_records import create_record, delete_record, update_record
from apps.entities.services.types import create_type, delete_type, restore_type, update_type

__all__ = [
    "ask_for_index",
    "create_definition",
    "create_record",
    "create_type",
    "delete_definition",
    "delete_record",
    "delete_type",
    "promote_definition",
    "purge_definition",
    "reorder_definitions",
    "restore_definition",
    "restore_type",
    "update_definition",
    "update_record",
    "update_type",
]
