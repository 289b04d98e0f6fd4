"""Refusals of the currencies module."""

from __future__ import annotations

from apps.kernel.errors import Conflict, InvalidInput, Unprocessable


class CurrencyUnknown(InvalidInput):
    """A code that ISO 4217 does not have."""

    code = "currencies.currency.unknown"
    message = "There is no such currency."


class CodeFixed(InvalidInput):
    """The code of a currency never changes: amounts elsewhere are kept with it."""

    code = "currencies.currency.code_fixed"
    message = "The code of a currency cannot be changed. Add the other currency instead."


class BaseCurrencyKept(Conflict):
    """The base currency can be neither deleted nor switched off; another one must become base first."""

    code = "currencies.currency.is_base"
    message = "{currency} is the base currency. Make another currency the base first."


class BaseCurrencyFixed(Conflict):
    """Documents are posted with amounts in the base currency, so it stays what it is."""

    code = "currencies.base.fixed"
    message = "{count} posted documents have amounts in the base currency: it cannot be changed any more."


class CurrencyInactive(Conflict):
    """A currency that is switched off cannot become base."""

    code = "currencies.currency.inactive"
    message = "{currency} is switched off. Switch it on first."


class BaseCurrencyMissing(Conflict):
    """The organization has no currency at all."""

    code = "currencies.base.missing"
    message = "This organization has no base currency yet. Add a currency first."


class CurrencyNotHeld(InvalidInput):
    """A rate names a currency that the organization has not got."""

    code = "currencies.rate.currency_not_held"
    message = "The organization has no such currency. Add it first."


class CurrencyGone(Conflict):
    """A rate cannot count again while its currency is not there."""

    code = "currencies.rate.currency_gone"
    message = "The organization no longer has {currency}. Add it first."


class SameCurrency(InvalidInput):
    """A rate of a currency in itself is always 1 and is not recorded."""

    code = "currencies.rate.same_currency"
    message = "A rate is between two different currencies."


class RateNotFound(Unprocessable):
    """No rate that may be used, directly, the other way round or through the base; a future day never has one."""

    code = "currencies.rate.not_found"
    message = "There is no rate from {from_code} to {to_code} for {on}."
