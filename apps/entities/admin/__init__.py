"""Back office pages of custom fields, and of record types with their records."""

from __future__ import annotations

from apps.entities.admin.definitions import DefinitionPage
from apps.entities.admin.records import RecordPage
from apps.entities.admin.types import RecordTypePage

__all__ = ["DefinitionPage", "RecordPage", "RecordTypePage"]
