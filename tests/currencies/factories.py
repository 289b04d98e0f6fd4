"""Currencies and rates for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.currencies.contracts import RateKind, RateQuote
from apps.currencies.models import Currency
from apps.currencies.services import add_from_master, record_rates
from apps.directory.models import Organization
from apps.kernel.tenancy.scope import using_scope
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


def make_rates(house: House, *quotes: RateQuote, source: str = "ECB", at: Organization | None = None) -> list[UUID]:
    """Rates of the organization (North by default), recorded by the command, with the currencies that they name."""
    with using_scope(house.scope(at or house.north)):
        codes = sorted({code for quote in quotes for code in (quote.from_code, quote.to_code)})
        add_from_master(codes)
        return [row.pk for row in record_rates(quotes, source=source)]


def quote(pair: str, rate: str, on: str, kind: RateKind = "mid") -> RateQuote:
    """A quote of a pair such as `EUR/PLN`."""
    from_code, to_code = pair.split("/")
    return RateQuote(from_code, to_code, Decimal(rate), date.fromisoformat(on), kind)
