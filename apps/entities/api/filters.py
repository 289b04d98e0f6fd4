"""Filters of definitions, beside those of plain columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.entities.models import FieldDefinition
from apps.kernel.api.filters import ClaimFilter, FilterSet


class DefinitionFilters(FilterSet):
    """`is_deleted`: deleted fields, which no list shows otherwise."""

    is_deleted = ClaimFilter(method="whether_deleted")

    class Meta:
        model = FieldDefinition
        fields: tuple[str, ...] = ()

    def whether_deleted(self, rows: QuerySet[Any], name: str, claim: bool) -> QuerySet[Any]:
        """Deleted ones, or the living."""
        return rows.filter(deleted_at__isnull=not claim)
