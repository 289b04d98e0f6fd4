"""Quantities in base units, and the price per unit of measure (Directive 98/6/EC)."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, InvalidOperation
from typing import Final

from apps.kernel.money import STORAGE_PLACES

ROUNDINGS: Final = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
MOST_PLACES = 6
MOST_BASE_UNITS: Final = Decimal(10) ** 12  # quantities are kept as numeric(18, 6)
# Factors have 24 digits and quantities 18: their product is exact in 42, and is rounded once.
_EXACT: Final = Context(prec=60, traps=[InvalidOperation])


def in_base_units(
    quantity: Decimal, factor: Decimal, *, places: int = MOST_PLACES, mode: str = "half_up"
) -> Decimal | None:
    """How many base units a quantity of a unit is, one of which is `factor` of them; None for more than can be kept.

    `places` and `mode` are those of the product. It is exact but for this one rounding.
    """
    exact = _EXACT.multiply(quantity, factor)
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUNDINGS[mode], context=_EXACT)
    return rounded if abs(rounded) < MOST_BASE_UNITS else None


def price_per_reference(amount: Decimal, quantity: Decimal, *, places: int = STORAGE_PLACES) -> Decimal:
    """What one reference unit costs, where a base unit costs `amount` and is `quantity` reference units.

    A bottle of 0.75 l for 6.00 costs 8.0000 a litre. Raises ValueError for a quantity of zero or less.
    """
    if quantity <= 0:
        raise ValueError("a base unit is more than zero reference units")
    return _EXACT.divide(amount, quantity).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_EXACT)
