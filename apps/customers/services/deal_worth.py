"""What a deal is worth in the base currency of its organization, at the rate of the day on which its value is given."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language

from apps.currencies.contracts import CurrencyBook, ExchangeRates
from apps.customers.models import Deal
from apps.customers.selectors import today
from apps.kernel.errors import Conflict, Unprocessable
from apps.kernel.money import Money, format_money
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, in_organization, using_scope


def fix_worth(deal: Deal) -> None:
    """Set the base amount with its rate and day. Without a rate they are empty, and that refuses nothing."""
    deal.base_amount = deal.rate = deal.rate_date = None
    deal.base_currency = ""
    if deal.value_amount is None:
        return
    with using_scope(in_organization(current_scope(), deal.organization_id)):
        deal.base_currency = _base_currency()
        if deal.base_currency:
            _convert(deal, Money(deal.value_amount, deal.value_currency))


def worded_value(deal: Deal) -> str:
    """The value for people, in the tenant's language; "" of a deal that has none."""
    if deal.value_amount is None:
        return ""
    with using_scope(in_organization(current_scope(), deal.organization_id)):
        return service(CurrencyBook).formatted(Money(deal.value_amount, deal.value_currency))


def shown_amount(amount: Decimal | None, currency: str) -> str:
    """An amount in the reader's language; "" where there is none."""
    return format_money(Money(amount, currency), get_language() or "en") if amount is not None and currency else ""


def _base_currency() -> str:
    try:
        return service(CurrencyBook).base_currency()
    except Conflict:  # the organization has no currency at all
        return ""


def _convert(deal: Deal, value: Money) -> None:
    try:
        found = service(ExchangeRates).convert(value, deal.base_currency, today())
    except Unprocessable:  # no rate; it has been asked for behind the answer
        return
    deal.base_amount, deal.rate, deal.rate_date = found.converted.amount, found.rate.rate, found.rate.effective_on
