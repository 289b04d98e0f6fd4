"""Filters of the directory's lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from apps.directory.models import Organization, Tenant, TenantStatus
from apps.kernel.api.filters import CharFilter, ChoiceFilter, ClaimFilter, FilterSet, UUIDFilter


def _named(rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
    return rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))


class OrganizationFilter(FilterSet):
    """`slug`, `parent_id`, `is_active`, and `q` in name and handle."""

    slug = CharFilter()
    parent_id = UUIDFilter()
    is_active = ClaimFilter()
    q = CharFilter(method=_named)

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ()


class TenantFilter(FilterSet):
    """`slug`, `status`, and `q` in name and handle."""

    slug = CharFilter()
    status = ChoiceFilter(choices=TenantStatus.choices)
    q = CharFilter(method=_named)

    class Meta:
        model = Tenant
        fields: tuple[str, ...] = ()
