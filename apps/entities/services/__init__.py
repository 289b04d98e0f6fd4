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

__all__ = [
    "create_definition",
    "delete_definition",
    "purge_definition",
    "reorder_definitions",
    "restore_definition",
    "update_definition",
]
