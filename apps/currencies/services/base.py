"""The base currency of an organization: exactly one, handed on in one command."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.currencies.errors import CurrencyInactive
from apps.currencies.features import MANAGE
from apps.currencies.models import Currency
from apps.currencies.selectors import living_currencies
from apps.currencies.services.checks import currency_for_update, demand_base_open
from apps.currencies.services.currencies import new_currency
from apps.kernel.commands.declarations import command
from apps.kernel.tenancy.scope import Scope


def _example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": new_currency().pk}


@command("currencies.currency.set_base", feature=MANAGE, example=_example)
def set_base_currency(currency_id: UUID) -> Currency:
    """Make a currency the base of its organization instead of the present one.

    Raises RowNotFound, CurrencyInactive, BaseCurrencyFixed once documents are posted.
    """
    currency = currency_for_update(currency_id)
    if not currency.is_active:
        raise CurrencyInactive(currency=currency.code)
    if currency.is_base:
        return currency
    demand_base_open(currency.organization_id)
    # The present base first: at no moment are there two.
    for former in living_currencies(currency.organization_id).filter(is_base=True):
        former.is_base = False
        former.save(update_fields=["is_base", "version"])
    currency.is_base = True
    currency.save(update_fields=["is_base", "version"])
    return currency
