"""One currency: adding, naming, switching on and off, deleting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.currencies.calculations import master_currency, tender
from apps.currencies.errors import BaseCurrencyKept, CodeFixed
from apps.currencies.features import MANAGE
from apps.currencies.models import Currency
from apps.currencies.selectors import living_currencies
from apps.currencies.services.checks import (
    FIELDS,
    currency_for_update,
    demand_known,
    demand_without_rates,
    lock_currencies,
)
from apps.directory.contracts import TenantBook
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.errors import FieldError
from apps.kernel.references.usages import release
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.tenancy.transactions import scoped_transaction


def free_codes(count: int) -> list[str]:
    """Codes that the organization has not got yet, for examples."""
    with scoped_transaction():
        rows = living_currencies(current_scope().writing_organization())
        taken = set(rows.values_list("code", flat=True))
    return [code for code in tender() if code not in taken][:count]


def new_currency() -> Currency:
    """A currency that is not the base, for examples."""
    return create_currency(**_creation_example(current_scope()))


def _creation_example(scope: Scope) -> dict[str, Any]:
    """A currency beside the base, which others would keep from being taken back."""
    with scoped_transaction():
        has_base = living_currencies(scope.writing_organization()).filter(is_base=True).exists()
    if not has_base:
        create_currency(code=free_codes(1)[0])
    return {"code": free_codes(1)[0]}


@command("currencies.currency.create", feature=MANAGE, example=_creation_example)
def create_currency(
    *,
    code: str,
    name: str = "",
    symbol: str = "",
    decimal_places: int | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Currency:
    """Add a currency to the organization; what is left out comes from CLDR, the name in the tenant's language.

    The first currency of an organization is its base. Raises CurrencyUnknown, InvalidInput, Duplicate.
    """
    organization_id = current_scope().writing_organization()
    lock_currencies(organization_id)
    demand_known([("code", code)])
    known = master_currency(code)
    currency = Currency(
        code=code,
        name=name or known.name(service(TenantBook).profile().locale),
        symbol=symbol or known.symbol,
        decimal_places=known.decimal_places if decimal_places is None else decimal_places,
        is_base=not living_currencies(organization_id).exists(),
    )
    currency.take(custom_fields)
    demand_valid(currency, FIELDS)
    if living_currencies(organization_id).filter(code=code).exists():
        text = _("The organization has this currency already.")
        raise Duplicate(errors=(FieldError("code", Duplicate.code, text),), fields="code")
    currency.save(force_insert=True)
    return currency


def _update_example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": new_currency().pk, "name": "Renamed"}


@command("currencies.currency.update", feature=MANAGE, example=_update_example)
def update_currency(
    currency_id: UUID,
    *,
    code: str | None = None,
    name: str | None = None,
    symbol: str | None = None,
    decimal_places: int | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Currency:
    """Change name, symbol, places or custom values; None leaves a field as it is.

    `code` may only repeat what it was; `custom_fields` are merged, and None under a key removes its value.

    Raises RowNotFound, CodeFixed, InvalidInput.
    """
    currency = currency_for_update(currency_id)
    if code not in {None, currency.code}:
        raise CodeFixed(errors=(FieldError("code", CodeFixed.code, str(CodeFixed.message)),))
    for field, value in {"name": name, "symbol": symbol, "decimal_places": decimal_places}.items():
        if value is not None:
            setattr(currency, field, value)
    currency.take(custom_fields)
    demand_valid(currency, FIELDS)
    currency.save(update_fields=["name", "symbol", "decimal_places", "version"])
    return currency


def _existing_example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": new_currency().pk}


def _off_example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": deactivate_currency(new_currency().pk).pk}


@command("currencies.currency.activate", feature=MANAGE, example=_off_example)
def activate_currency(currency_id: UUID) -> Currency:
    """Offer a currency again. Raises RowNotFound."""
    return _switch(currency_for_update(currency_id), is_active=True)


@command("currencies.currency.deactivate", feature=MANAGE, example=_existing_example)
def deactivate_currency(currency_id: UUID) -> Currency:
    """Offer a currency no longer; what uses it stays. Raises RowNotFound, BaseCurrencyKept."""
    currency = currency_for_update(currency_id)
    _demand_not_base(currency)
    return _switch(currency, is_active=False)


def _switch(currency: Currency, *, is_active: bool) -> Currency:
    currency.is_active = is_active
    currency.save(update_fields=["is_active", "version"])
    return currency


@command("currencies.currency.delete", feature=MANAGE, example=_existing_example)
def delete_currency(currency_id: UUID) -> Currency:
    """Hide a currency. Raises RowNotFound, BaseCurrencyKept, InUse with counts."""
    currency = currency_for_update(currency_id)
    _demand_not_base(currency)
    keep_pointers_out(currency)
    release(Currency.entity_id, [currency.pk])
    demand_without_rates(currency.code, currency.organization_id)
    mark_hidden(currency)
    return currency


def _demand_not_base(currency: Currency) -> None:
    if currency.is_base:
        raise BaseCurrencyKept(currency=currency.code)
