"""Filters of the list of currencies."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from apps.currencies.models import Currency
from apps.kernel.api.filters import BaseInFilter, CharFilter, ClaimFilter, FilterSet


class CurrencyFilter(FilterSet):
    """`code`, `code__in`, `name__icontains`, `is_active`, `is_base`, and `q` in code, name and symbol."""

    code = CharFilter()
    code__in = BaseInFilter(field_name="code", lookup_expr="in")
    name__icontains = CharFilter(field_name="name", lookup_expr="icontains")
    is_active = ClaimFilter()
    is_base = ClaimFilter()
    q = CharFilter(method="search")

    class Meta:
        model = Currency
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Rows whose code, name or symbol contains the text."""
        return rows.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(symbol__icontains=text))
