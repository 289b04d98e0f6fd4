"""Tiers of prices by quantity: each one ends where the next one begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal


def filled(minima: Iterable[Decimal], *, places: int) -> list[tuple[Decimal, Decimal | None]]:
    """Least and most quantity of each tier, in order; the last one has no end.

    A tier ends one unit of the last of `places` before the next one, because both ends belong to it and quantities of
    the product are rounded to so many places: there is none between the two.
    """
    ordered = sorted(minima)
    unit = Decimal(1).scaleb(-places)
    ends: list[Decimal | None] = [following - unit for following in ordered[1:]]
    return list(zip(ordered, [*ends, None], strict=True)) if ordered else []


def twice(minima: Sequence[Decimal]) -> list[int]:
    """Places of tiers that begin where an earlier one of the list begins."""
    return [place for place, minimum in enumerate(minima) if minimum in minima[:place]]


def is_finer(quantity: Decimal, *, places: int) -> bool:
    """Say whether a quantity has more than so many places."""
    return quantity != quantity.quantize(Decimal(1).scaleb(-places))
