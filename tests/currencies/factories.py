"""Currencies for tests."""

from __future__ import annotations

from typing import Any

from apps.currencies.models import Currency
from apps.directory.models import Organization
from tests.support.scopes import House, seeding


def make_currency(house: House, code: str = "EUR", *, at: Organization | None = None, **values: Any) -> Currency:
    """A living currency of the organization (North by default)."""
    owner = at or house.north
    with seeding(house.scope(owner)):
        currency = Currency(**{"name": code, "symbol": code, "code": code, "organization_id": owner.pk, **values})
        currency.save(force_insert=True)
    return currency


def codes_of(house: House, organization: Organization) -> list[str]:
    """Codes of the organization's living currencies."""
    with seeding(house.scope(organization)):
        rows = Currency.objects.filter(deleted_at__isnull=True, organization_id=organization.pk)
        return list(rows.order_by("code").values_list("code", flat=True))


def bases_of(house: House, organization: Organization) -> list[str]:
    """Codes of the organization's base currencies; there should be one."""
    with seeding(house.scope(organization)):
        rows = Currency.objects.filter(deleted_at__isnull=True, organization_id=organization.pk, is_base=True)
        return list(rows.values_list("code", flat=True))
