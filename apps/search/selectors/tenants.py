"""Tenants that operators name on the command line."""

from __future__ import annotations

from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from apps.kernel.tenancy.models import HandleIndex

ORGANIZATIONS = "slug"


def all_tenants(using: str = DEFAULT_DB_ALIAS) -> list[UUID]:
    """Ids of the tenants of the installation that have an organization."""
    rows = HandleIndex.objects.using(using).filter(kind=ORGANIZATIONS).order_by("tenant_id")
    return list(rows.values_list("tenant_id", flat=True).distinct())


def tenant_named(name: str) -> UUID | None:
    """The tenant by its id, or by the handle of one of its organizations; None for neither."""
    try:
        return UUID(name)
    except ValueError:
        rows = HandleIndex.objects.filter(kind=ORGANIZATIONS, value=name.strip().lower())
        return rows.values_list("tenant_id", flat=True).first()
