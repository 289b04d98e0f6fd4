"""Values by kind, and the only rules by which two of them are equal or ordered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, Final, Literal, TypeAlias, cast
from uuid import UUID

from apps.kernel.expressions.paths import MISSING, Missing

Kind: TypeAlias = Literal["missing", "null", "boolean", "number", "text", "date", "datetime", "list", "object", "other"]
Number: TypeAlias = int | Decimal
Moment: TypeAlias = date | datetime
Spend: TypeAlias = Callable[[int], None]

_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_KINDS: Final[dict[type, Kind]] = {
    Missing: "missing",
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "text",
    date: "date",
    datetime: "datetime",
    list: "list",
    tuple: "list",
    dict: "object",
}
_PLAIN: Final = frozenset({str, int, bool, type(None), list, dict, tuple, date})
_ORDERED: Final = frozenset({"number", "text", "date", "datetime"})
_MOMENTS: Final = frozenset({"text", "date", "datetime"})


def kind_of(value: object) -> Kind:
    """Name the kind of a value that `plain` has seen; anything unknown is `other` and equals nothing."""
    return _KINDS.get(type(value)) or _kind_of_subclass(value)


def _kind_of_subclass(value: object) -> Kind:
    for base in (str, int, datetime, date, Decimal, dict, list, tuple):
        if isinstance(value, base):
            return _KINDS[base]
    return "other"


def plain(value: object, zone: tzinfo) -> object:
    """Bring a value of a record into one of the known kinds.

    A float becomes the Decimal that its text shows, NaN and infinities are missing, a UUID is its text, a
    choice is its value, and a moment without an offset is one of `zone`.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return value if value is MISSING else plain(value.value, zone)
    if isinstance(value, datetime):
        return value if value.utcoffset() is not None else value.replace(tzinfo=zone)
    if isinstance(value, Decimal):
        return value if value.is_finite() else MISSING
    if isinstance(value, float):
        return Decimal(repr(float(value))) if isfinite(value) else MISSING
    return str(value) if isinstance(value, UUID) else value


def read_moment(text: str, zone: tzinfo) -> Moment | None:
    """Read `2026-02-28` or `2026-02-28T09:30Z` (years 2 to 9998); without an offset it is of `zone`."""
    found = _MOMENT.fullmatch(text) if len(text) <= 32 else None
    if found is None or not "0002" <= text[:4] <= "9998":
        return None
    try:
        if found["time"] is None:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def day_of(moment: Moment, zone: tzinfo) -> date:
    """Return the calendar day of a moment in `zone`."""
    if not isinstance(moment, datetime):
        return moment
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # within a day of year 1 or 9999
        return moment.date()


def order(left: object, right: object, zone: tzinfo) -> int | None:
    """Return -1, 0 or 1, or None when the two cannot be ordered.

    Numbers by value, text by code points, moments by time; text beside a date is read as one; a date beside a
    datetime compares days.
    """
    kind, other_kind = kind_of(left), kind_of(right)
    if kind == other_kind:
        return _sign(left, right) if kind in _ORDERED else None
    if kind not in _MOMENTS or other_kind not in _MOMENTS:
        return None
    one, other = _as_moment(left, zone), _as_moment(right, zone)
    if one is None or other is None:
        return None
    if isinstance(one, datetime) and isinstance(other, datetime):
        return _sign(one, other)
    return _sign(day_of(one, zone), day_of(other, zone))


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _as_moment(value: object, zone: tzinfo) -> Moment | None:
    return read_moment(value, zone) if isinstance(value, str) else cast("Moment", value)


def equal(left: object, right: object, zone: tzinfo, spend: Spend) -> bool:
    """Say whether two values are equal; `spend` is charged for every element that is looked at.

    Null equals null only, missing equals nothing, true and false are no numbers; lists and objects compare
    element by element.
    """
    spend(1)
    kind = kind_of(left)
    if kind == kind_of(right) and kind not in _ORDERED:
        return _equal_of_kind(kind, left, right, zone, spend)
    return order(left, right, zone) == 0


def _equal_of_kind(kind: Kind, left: object, right: object, zone: tzinfo, spend: Spend) -> bool:
    if kind in ("null", "boolean"):
        return left is right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(
            equal(plain(one, zone), plain(other, zone), zone, spend) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            equal(plain(one, zone), plain(right[key], zone), zone, spend) for key, one in left.items()
        )
    return False


def add_days(moment: Moment, days: int) -> Moment | None:
    """Move a date or a datetime by whole days; None when that leaves the calendar."""
    try:
        return moment + timedelta(days=days)
    except OverflowError:
        return None
