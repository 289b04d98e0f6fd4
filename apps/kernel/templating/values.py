"""Shows values inside text: plain digits, ISO dates, JSON for lists and objects."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any, Final
from uuid import UUID

_WIDEST: Final = 60


class NotText(ValueError):
    """A value that has no place inside text; the message says why."""


def as_text(value: object) -> str:
    """Return a value as it reads inside text; NotText for null and for what is not JSON, a date or an id."""
    if value is None:
        raise NotText('null inside text needs a default, such as ?? ""')
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, dict)):
        return _json(value)
    return _json_default(value)


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        if value.bit_length() > 200:
            raise NotText("the number is too large")
        return str(int(value))
    if not isfinite(value):
        raise NotText("the number is not finite")
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    _, digits, exponent = exact.as_tuple()
    if isinstance(exponent, int) and len(digits) + abs(exponent) <= _WIDEST:
        return format(exact, "f")
    raise NotText("the number is too large or too small")


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_json_default)
    except (TypeError, ValueError, RecursionError) as error:
        raise NotText(f"the value is not JSON: {error}") from None


def _json_default(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (date, Decimal)):
        return as_text(value)
    raise NotText(f"a {type(value).__name__} has no text")
