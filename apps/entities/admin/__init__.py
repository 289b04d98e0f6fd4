"""Back office pages of custom fields."""

from __future__ import annotations

from apps.entities.admin.definitions import DefinitionPage

__all__ = ["DefinitionPage"]
