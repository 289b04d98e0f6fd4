"""What every command on currencies asks first."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from apps.currencies.contracts import POSTED_DOCUMENTS
from apps.currencies.errors import BaseCurrencyFixed, CurrencyUnknown
from apps.currencies.models import Currency, ExchangeRate
from apps.currencies.selectors import living_currencies, rates_of
from apps.kernel.commands.loading import hold_lock, load_living
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.money import is_known_currency
from apps.kernel.references.usages import InUse

FIELDS = frozenset({"code", "name", "symbol", "decimal_places"})


def lock_currencies(organization_id: UUID) -> None:
    """Let changes of one organization's currencies follow one another: there is one base among them."""
    hold_lock(f"currencies of {organization_id}")


def currency_for_update(currency_id: UUID) -> Currency:
    """The living currency, locked behind its organization's lock. Raises RowNotFound."""
    organization_id = Currency.objects.filter(pk=currency_id).values_list("organization_id", flat=True).first()
    if organization_id is None:
        raise RowNotFound
    lock_currencies(organization_id)
    return load_living(Currency, currency_id)


def demand_known(codes: Iterable[tuple[str, str]]) -> None:
    """Check `(field, code)` pairs against ISO 4217. Raises CurrencyUnknown with all complaints."""
    unknown = [field for field, code in codes if not is_known_currency(code)]
    if unknown:
        raise CurrencyUnknown(
            errors=tuple(FieldError(field, CurrencyUnknown.code, str(CurrencyUnknown.message)) for field in unknown)
        )


def held_codes(organization_id: UUID) -> frozenset[str]:
    """Codes of the organization's currencies, those that are switched off included."""
    return frozenset(living_currencies(organization_id).values_list("code", flat=True))


def demand_without_rates(currency: str, organization_id: UUID) -> None:
    """Check that no rate that counts names the currency. Raises InUse with the count."""
    rows = rates_of(organization_id).filter(Q(from_code=currency) | Q(to_code=currency))
    if count := rows.count():
        summary = f"{count} × {ExchangeRate._meta.verbose_name_plural}"
        raise InUse(summary=summary, usages={ExchangeRate.entity_id: count})


def demand_base_open(organization_id: UUID) -> None:
    """Check that no posted document has amounts in the base currency. Raises BaseCurrencyFixed with the count."""
    if count := sum(counted(organization_id) for counted in POSTED_DOCUMENTS.values()):
        raise BaseCurrencyFixed(count=count)
