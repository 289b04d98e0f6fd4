"""Reads of currencies."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from apps.currencies.contracts import CurrencyFacts
from apps.currencies.errors import BaseCurrencyMissing
from apps.currencies.models import Currency
from apps.directory.contracts import TenantBook
from apps.kernel.money import Money, currency_places, format_money
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope


def living_currencies(organization_id: UUID | None = None) -> QuerySet[Currency]:
    """Currencies of one organization, or of all that the scope sees."""
    rows: QuerySet[Currency] = Currency.objects.filter(deleted_at__isnull=True)
    return rows if organization_id is None else rows.filter(organization_id=organization_id)


class StoredCurrencyBook:
    """`CurrencyBook` from the table."""

    def currency(self, code: str) -> CurrencyFacts | None:
        """The currency of a code, None when the organization has not got it."""
        row = self._rows().filter(code=code).first()
        return None if row is None else _facts(row)

    def active(self) -> tuple[CurrencyFacts, ...]:
        """Currencies that may be chosen, by code."""
        return tuple(map(_facts, self._rows().filter(is_active=True).order_by("code")))

    def base_currency(self) -> str:
        """Code of the base currency. Raises BaseCurrencyMissing."""
        code: str | None = self._rows().filter(is_base=True).values_list("code", flat=True).first()
        if code is None:
            raise BaseCurrencyMissing
        return code

    def decimal_places(self, code: str) -> int:
        """Places of a currency: the organization's own choice, else the customary number (CLDR)."""
        found = self.currency(code)
        return currency_places(code) if found is None else found.decimal_places

    def formatted(self, amount: Money, *, locale: str = "") -> str:
        """An amount as readers of a locale, the tenant's by default, expect it."""
        shown = locale or service(TenantBook).profile().locale
        return format_money(amount, shown, places=self.decimal_places(amount.currency))

    def _rows(self) -> QuerySet[Currency]:
        return living_currencies(current_scope().writing_organization())


def _facts(row: Currency) -> CurrencyFacts:
    return CurrencyFacts(
        code=row.code,
        name=row.name,
        symbol=row.symbol,
        decimal_places=row.decimal_places,
        is_active=row.is_active,
        is_base=row.is_base,
    )
