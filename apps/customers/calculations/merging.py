"""Which value of two a merged customer gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """Whose value it is: that of the customer who stays, or of the one who goes."""

    THIS = "this"
    OTHER = "other"


def is_empty(value: Any) -> bool:
    """Say whether there is no value; False and 0 are values."""
    return value is None or value in ("", [], {})


def proposed(this: Any, other: Any, *, newer: Side) -> Side:
    """The side that is taken where nobody chose: the one that has a value, else the one that was changed later."""
    if this == other or is_empty(other):
        return Side.THIS
    return Side.OTHER if is_empty(this) else newer


def chosen_sides(
    this: Mapping[str, Any], other: Mapping[str, Any], *, choices: Mapping[str, str], newer: Side
) -> dict[str, Side]:
    """A side for each name that either has; a choice that was made counts before what is proposed."""
    names = dict.fromkeys((*this, *other))
    return {
        name: Side(choices[name]) if name in choices else proposed(this.get(name), other.get(name), newer=newer)
        for name in names
    }


def by_field(custom: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Flat custom values by the key of their field: an amount and its currency are one value."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in custom.items():
        found.setdefault(key.partition(".")[0], {})[key] = value
    return found


def taken_from(
    this: Mapping[str, Mapping[str, Any]], other: Mapping[str, Mapping[str, Any]], sides: Mapping[str, Side]
) -> dict[str, Any]:
    """Custom values of both by their sides, flat again."""
    parts: Iterable[Mapping[str, Any]] = (
        (this if side is Side.THIS else other).get(key, {}) for key, side in sides.items()
    )
    return {key: value for part in parts for key, value in part.items()}
