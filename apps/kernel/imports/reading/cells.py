"""What stands in one cell of a table, and how it reads as text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

Cell: TypeAlias = str | Decimal | bool | date | datetime | None

# What a spreadsheet takes for a formula; exports put an apostrophe before such a text.
ACTIVE: Final = ("=", "+", "-", "@", "\t", "\n", "\r")
UNREADABLE: Final = "\ufffd"


def restored(text: str) -> str:
    """The text of a CSV cell without NULs and without the apostrophe that an export put before a formula."""
    clean = text.replace("\0", "") if "\0" in text else text
    return clean[1:] if clean.startswith("'") and clean[1:].startswith(ACTIVE) else clean


def settled(value: Any) -> Cell:
    """A value as the reader of workbooks gives it: numbers as exact decimals, empty cells as None."""
    if isinstance(value, bool | datetime | date):
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    text = str(value).replace("\0", "")
    return text or None


def number(value: float) -> Decimal:
    """The shortest decimal that means the same number: 0.1 is 0.1, and 3.0 is 3."""
    exact = Decimal(repr(value))
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() and abs(exact) < 10**15 else exact


def text_of(cell: Cell) -> str:
    """The cell as text; "" for an empty one."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return cell


def is_blank(cell: Cell) -> bool:
    """Say whether nothing but spaces stands in the cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
