"""How much a number has changed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

Number = int | Decimal


def percent_change(value: Number, previous: Number) -> Decimal | None:
    """By how many percent the number is larger than the former one, one place; None where that was nothing."""
    if not previous:
        return None
    share = (Decimal(value) - Decimal(previous)) / abs(Decimal(previous)) * 100
    return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
