"""Refusals of the currencies module."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError, Unprocessable


class CurrencyUnknown(InvalidInput):
    """A code that ISO 4217 does not have."""

    code = "currencies.currency.unknown"
    message = _("There is no such currency.")


class CodeFixed(InvalidInput):
    """The code of a currency never changes: amounts elsewhere are kept with it."""

    code = "currencies.currency.code_fixed"
    message = _("The code of a currency cannot be changed. Add the other currency instead.")


class BaseCurrencyKept(Conflict):
    """The base currency can be neither deleted nor switched off; another one must become base first."""

    code = "currencies.currency.is_base"
    message = _("{currency} is the base currency. Make another currency the base first.")


class BaseCurrencyFixed(Conflict):
    """Documents are posted with amounts in the base currency, so it stays what it is."""

    code = "currencies.base.fixed"
    message = _("{count} posted documents have amounts in the base currency: it cannot be changed any more.")


class CurrencyInactive(Conflict):
    """A currency that is switched off cannot become base."""

    code = "currencies.currency.inactive"
    message = _("{currency} is switched off. Switch it on first.")


class BaseCurrencyMissing(Conflict):
    """The organization has no currency at all."""

    code = "currencies.base.missing"
    message = _("This organization has no base currency yet. Add a currency first.")


class CurrencyNotHeld(InvalidInput):
    """A rate names a currency that the organization has not got."""

    code = "currencies.rate.currency_not_held"
    message = _("The organization has no such currency. Add it first.")


class CurrencyGone(Conflict):
    """A rate cannot count again while its currency is not there."""

    code = "currencies.rate.currency_gone"
    message = _("The organization no longer has {currency}. Add it first.")


class SameCurrency(InvalidInput):
    """A rate of a currency in itself is always 1 and is not recorded."""

    code = "currencies.rate.same_currency"
    message = _("A rate is between two different currencies.")


class RateNotFound(Unprocessable):
    """No rate that may be used, directly, the other way round or through the base; a future day never has one."""

    code = "currencies.rate.not_found"
    message = _("There is no rate from {from_code} to {to_code} for {on}.")


class ProviderUnknown(InvalidInput):
    """No installed module offers a provider of rates with this id."""

    code = "currencies.provider.unknown"
    message = _("There is no such provider of exchange rates.")


class ProviderFixed(InvalidInput):
    """A configuration keeps its provider: its options belong to it."""

    code = "currencies.fetch_config.provider_fixed"
    message = _("The provider cannot be changed. Add another configuration instead.")


class OptionsInvalid(InvalidInput):
    """Options that the provider does not understand; `errors` names each of them."""

    code = "currencies.fetch_config.options"
    message = _("Some options are not valid.")


class TimeZoneUnknown(InvalidInput):
    """A name that the list of time zones does not have."""

    code = "currencies.fetch_config.time_zone"
    message = _("There is no such time zone.")


class RangeInvalid(InvalidInput):
    """Days that cannot be fetched: in the future, the wrong way round, too many at once."""

    code = "currencies.fetch.range"
    message = _("These days cannot be fetched.")


class FetchFailed(PlatformError):
    """The provider's host answered, but not with a document; `after` is how long it asked us to wait."""

    status = 502
    code = "currencies.fetch.failed"
    message: ClassVar[object] = _("{host} answered with the status {answer}.")

    def __init__(self, *, host: str, answer: int, after: timedelta | None = None) -> None:
        super().__init__(host=host, answer=answer)
        self.after = after
        self.retryable = answer == 429 or answer >= 500


class DocumentBroken(Unprocessable):
    """What came is not the document that was asked for, or says something that cannot be: nothing of it is used."""

    code = "currencies.fetch.document_broken"
    message = _("The document cannot be used: {why}")


class NothingToFetch(Unprocessable):
    """The organization has no configuration that would say where rates come from."""

    code = "currencies.fetch.not_configured"
    message = _("No fetching of exchange rates is configured here. Add and enable a configuration first.")
