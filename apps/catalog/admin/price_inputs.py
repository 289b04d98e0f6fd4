"""Inputs and words of the pages about prices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from apps.catalog.models import Price
from apps.catalog.selectors.prices import period_of
from apps.kernel.admin.moments import MomentInput
from apps.kernel.money import currency_places

AMOUNT_DIGITS, AMOUNT_PLACES = 16, 4
QUANTITY_DIGITS, QUANTITY_PLACES = 18, 6


def number_field(label: Any, *, digits: int = AMOUNT_DIGITS, places: int = AMOUNT_PLACES, **options: Any) -> Any:
    """An exact number, with the decimal point or comma of the reader."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label, max_digits=digits, decimal_places=places, localize=True, widget=widget, **options
    )


def quantity_field(label: Any, **options: Any) -> Any:
    """A quantity in base units."""
    return number_field(label, digits=QUANTITY_DIGITS, places=QUANTITY_PLACES, **options)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time, in the time zone of whoever looks."""
    return forms.DateTimeField(label=label, widget=MomentInput(seconds=False), required=False, **options)


def plain_text(number: Decimal) -> str:
    """A number without noughts at its end, for programs."""
    return f"{number.normalize():f}"


def entered_text(number: Decimal | None, *, places: int = 0) -> str:
    """A number as it stands in an input; at least so many places."""
    if number is None:
        return ""
    short = Decimal(plain_text(number))
    exponent = short.as_tuple().exponent
    has = -exponent if isinstance(exponent, int) else 0
    return number_format(short.quantize(Decimal(1).scaleb(-max(places, has))), use_l10n=True, force_grouping=False)


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount with its currency, in the currency's places or as many more as it has."""
    short = Decimal(plain_text(amount))
    exponent = short.as_tuple().exponent
    places = max(currency_places(currency), -exponent if isinstance(exponent, int) else 0)
    shown = short.quantize(Decimal(1).scaleb(-places))
    return f"{number_format(shown, use_l10n=True, force_grouping=True)} {currency}"


def quantities_text(least: Decimal, most: Decimal | None) -> str:
    """Quantities for people: “from 10”, “1 – 9.9999”."""
    first = number_format(Decimal(plain_text(least)), use_l10n=True)
    if most is None:
        return _("from %(quantity)s") % {"quantity": first}
    return f"{first} – {number_format(Decimal(plain_text(most)), use_l10n=True)}"


def moment_text(moment: datetime) -> str:
    """A moment on the clock that pages show."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def period_text(price: Price) -> str:
    """When a price is valid, for people."""
    period = period_of(price)
    return between_text(period.start, period.end)


def between_text(start: datetime | None, end: datetime | None) -> str:
    """A period for people; None is no end on that side."""
    if start is None and end is None:
        return _("always")
    first = "" if start is None else moment_text(start)
    last = "" if end is None else moment_text(end)
    return f"{first} – {last}".strip()
