"""Quantities in base units, and the price per unit of measure (Directive 98/6/EC)."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Final

from apps.catalog.calculations.amounts import EXACT
from apps.kernel.money import STORAGE_PLACES

# How quantities are rounded, by the names that products have for it.
ROUNDINGS: Final = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}


def in_base_units(quantity: Decimal, factor: Decimal, *, places: int, mode: str) -> Decimal:
    """How many base units a quantity of a unit is, one of which is `factor` of them; exact but for this one rounding.

    `places` and `mode` are those of the product.
    """
    unit = Decimal(1).scaleb(-places)
    return EXACT.multiply(quantity, factor).quantize(unit, rounding=ROUNDINGS[mode], context=EXACT)


def price_per_reference(amount: Decimal, quantity: Decimal, *, places: int = STORAGE_PLACES) -> Decimal:
    """What one reference unit costs, where a base unit costs `amount` and is `quantity` reference units.

    A bottle of 0.75 l for 6.00 costs 8.0000 a litre. Raises ValueError for a quantity of zero or less.
    """
    if quantity <= 0:
        raise ValueError("a base unit is more than zero reference units")
    return EXACT.divide(amount, quantity).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)
