"""Amounts in words: the side that was entered first, the other one beside it, and what a unit of measure costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from apps.catalog.calculations.amounts import with_tax
from apps.catalog.calculations.units import price_per_reference
from apps.catalog.models.products import ReferenceUnit
from apps.catalog.selectors.unit_prices import Measure
from apps.kernel.money import Money, currency_places, format_money

SIGNS: Final = {ReferenceUnit.M2: "m²", ReferenceUnit.M3: "m³", ReferenceUnit.PC: gettext_lazy("pc")}


@dataclass(frozen=True, slots=True)
class Sides:
    """An amount with what follows from it: `entered` and `other` are whole phrases, as is `unit` ("": not shown)."""

    amount: str
    entered: str
    other: str
    unit: str = ""


def money_text(amount: Decimal, currency: str) -> str:
    """An amount in the reader's language, with as many of its 4 places as say something."""
    exponent = amount.normalize().as_tuple().exponent
    places = max(currency_places(currency), -exponent if isinstance(exponent, int) else 0)
    return format_money(Money(amount, currency), get_language() or "en", places=places)


def sides_of(net: Decimal, gross: Decimal, currency: str, *, includes_tax: bool, measure: Measure | None) -> Sides:
    """Both sides of an amount; `includes_tax` says that the one with tax was entered."""
    first, second = (gross, net) if includes_tax else (net, gross)
    return Sides(
        amount=money_text(first, currency),
        entered=tax_words(includes_tax=includes_tax),
        other=amount_words(second, currency, includes_tax=not includes_tax),
        unit="" if measure is None else unit_price_text(gross, currency, measure),
    )


def tax_words(*, includes_tax: bool) -> str:
    """Which side of an amount it is."""
    return _("with tax") if includes_tax else _("without tax")


def amount_words(amount: Decimal, currency: str, *, includes_tax: bool) -> str:
    """An amount, and which side it is."""
    words = _("%(amount)s with tax") if includes_tax else _("%(amount)s without tax")
    return words % {"amount": money_text(amount, currency)}


def entered_sides(
    amount: Decimal, currency: str, *, includes_tax: bool, rate: Decimal, measure: Measure | None
) -> Sides:
    """The same of an amount as it was entered, at a rate in percent."""
    net, gross = with_tax(amount, rate, includes_tax=includes_tax)
    return sides_of(net, gross, currency, includes_tax=includes_tax, measure=measure)


def unit_price_text(gross: Decimal, currency: str, measure: Measure) -> str:
    """What one kilogram, litre … costs: the final price, with tax (Directive 98/6/EC, article 2)."""
    amount = price_per_reference(gross, measure.quantity, places=currency_places(currency))
    sign = SIGNS.get(ReferenceUnit(measure.unit), measure.unit)
    shown = format_money(Money(amount, currency), get_language() or "en")
    return _("= %(amount)s / 1 %(unit)s with tax") % {"amount": shown, "unit": sign}
