"""Dimensions of goods: `{"width", "height", "depth", "unit"}`, of which each may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

SIDES = ("width", "height", "depth")
LONGEST_UNIT = 25
MOST_DIGITS, MOST_PLACES = 12, 4


def dimension_faults(given: Any) -> list[str]:
    """Names of what does not do; "" for the whole. Sides are numbers, or texts of numbers, of at least zero."""
    if not isinstance(given, Mapping):
        return [""]
    strange = [str(name) for name in given if name not in {*SIDES, "unit"}]
    sides = [name for name in SIDES if name in given and not _is_length(given[name])]
    unit = given.get("unit", "")
    return [*strange, *sides, *([] if isinstance(unit, str) and len(unit) <= LONGEST_UNIT else ["unit"])]


def stored_dimensions(given: Mapping[str, Any]) -> dict[str, str]:
    """Sound dimensions as they are stored: numbers as text, so that no digit is lost."""
    sides = {name: f"{Decimal(str(given[name])).normalize():f}" for name in SIDES if name in given}
    return {**sides, **({"unit": given["unit"].strip()} if given.get("unit") else {})}


def _is_length(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return False
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    if not number.is_finite() or number < 0 or number.adjusted() >= MOST_DIGITS:
        return False
    exponent = number.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_PLACES
