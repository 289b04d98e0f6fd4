"""Definitions of custom fields, record types of tenants with their records, and indexes of custom fields."""

from __future__ import annotations

from apps.entities.models.definitions import FieldDefinition, KindChoices
from apps.entities.models.indexes import FieldIndex, FieldUse, IndexStatus
from apps.entities.models.records import Record, RecordType

__all__ = ["FieldDefinition", "FieldIndex", "FieldUse", "IndexStatus", "KindChoices", "Record", "RecordType"]
