"""Filters of categories beside those of their columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.catalog.models import Category
from apps.catalog.selectors.categories import with_name_on_the_way
from apps.kernel.api.filters import CharFilter, FilterSet


class CategoryFilters(FilterSet):
    """`search`: categories whose name, or that of one above them, contains the text."""

    search = CharFilter(method="with_text")

    class Meta:
        model = Category
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Categories with the text in their path."""
        return with_name_on_the_way(rows, text)
