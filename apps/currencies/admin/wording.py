"""Numbers of the currencies module as readers of the back office write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format

from apps.kernel.money import round_half_up

LEAST_PLACES = 4


def rate_text(rate: Decimal) -> str:
    """A rate without the noughts at its end, with at least 4 places."""
    return number_format(_shortened(rate), use_l10n=True, force_grouping=True)


def amount_text(amount: Decimal) -> str:
    """An amount with all its places."""
    return number_format(amount, use_l10n=True, force_grouping=True)


def own_amount_text(amount: Decimal, places: int) -> str:
    """An amount in the places of its currency, or in as many more as it has."""
    short = Decimal(plain_text(amount))
    exponent = short.as_tuple().exponent
    return amount_text(round_half_up(amount, max(places, -exponent if isinstance(exponent, int) else 0)))


def moment_text(moment: datetime) -> str:
    """A moment on the clock that pages show."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def entered_text(number: Decimal) -> str:
    """A number as it stands in an input: without grouping and without noughts at its end."""
    return number_format(Decimal(plain_text(number)), use_l10n=True, force_grouping=False)


def plain_text(number: Decimal) -> str:
    """A number for programs: a decimal point, no exponent, no noughts at its end."""
    return f"{number.normalize():f}"


def _shortened(rate: Decimal) -> Decimal:
    short = Decimal(plain_text(rate))
    exponent = short.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return short if places >= LEAST_PLACES else short.quantize(Decimal(1).scaleb(-LEAST_PLACES))
