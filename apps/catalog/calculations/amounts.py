"""Arithmetic of prices: exact, to 4 places, half-up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

PLACES: Final = Decimal("0.0001")
HUNDRED: Final = Decimal(100)
EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)


def rounded(amount: Decimal) -> Decimal:
    """The amount to 4 places."""
    return amount.quantize(PLACES, context=EXACT)


def tax_factor(rate: Decimal) -> Decimal:
    """What a net amount is multiplied by; the rate is in percent."""
    return EXACT.add(Decimal(1), EXACT.divide(rate, HUNDRED))


def with_tax(amount: Decimal, rate: Decimal, *, includes_tax: bool) -> tuple[Decimal, Decimal]:
    """Net and gross of an amount at a rate in percent, both to 4 places; the given side stays as it is."""
    given = rounded(amount)
    if not rate:
        return given, given
    factor = tax_factor(rate)
    if includes_tax:
        return rounded(EXACT.divide(amount, factor)), given
    return given, rounded(EXACT.multiply(amount, factor))
