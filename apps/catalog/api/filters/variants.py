"""Filters of variants beside those of their columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.catalog.models import Variant
from apps.kernel.api.filters import CharFilter, FilterSet
from apps.kernel.bases.texts import containing

SEARCHED = ("name", "sku", "barcode")


class VariantFilters(FilterSet):
    """`search`: variants whose name, SKU or barcode contains the text."""

    search = CharFilter(method="with_text")

    class Meta:
        model = Variant
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Variants with the text."""
        return rows.filter(containing(SEARCHED, text))
