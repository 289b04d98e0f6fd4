"""What a table may be read into: fields, and how a cell becomes the value of one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.kernel.imports.planning.words import FALSE, MONTHS, TRUE
from apps.kernel.imports.reading.cells import UNREADABLE, Cell, is_blank, text_of

Text = str | Promise
MOST_DIGITS: Final = 40
SPACES: Final = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'\u2019"))


class FieldKind(StrEnum):
    """What a field holds. A reference is read as text; whoever writes looks for what it names."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    REFERENCE = "reference"
    LIST = "list"
    MONEY = "money"
    UUID = "uuid"


@dataclass(frozen=True, slots=True)
class ImportField:
    """One field that a column may go to.

    `required` counts for new records. `aliases` are further names that a header may have; `choices` pairs of value and
    label; `target` is the entity that a reference names, `part` the part of it that counts. `normal` brings what was
    read into the form in which it is compared and stored, and raises Unreadable.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    label: Text = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, Text], ...] = ()
    target: str = ""
    part: str = ""
    normal: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers and dates of a column are written.

    `decimal` is `.`, `,` or `auto`; `order` is `ymd`, `dmy`, `mdy` or `auto`, where what could be read in two ways is
    refused. `zone` counts for moments that name none.
    """

    decimal: str = "auto"
    order: str = "auto"
    zone: str = "UTC"


class Unreadable(ValueError):
    """A cell that does not fit; `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code = f"kernel.import.{code}"
        super().__init__(message)


def read_value(field: ImportField, cell: Cell, style: Style) -> Any:
    """The value of the cell; None for a blank one. Raises Unreadable."""
    if is_blank(cell):
        return None
    if isinstance(cell, str) and UNREADABLE in cell:
        raise Unreadable("encoding", _("Some letters cannot be read: choose another encoding."))
    value = READERS[field.kind](field, cell, style)
    return value if field.normal is None else field.normal(value)


def _text(field: ImportField, cell: Cell, style: Style) -> str:
    return text_of(cell)


def _decimal(field: ImportField, cell: Cell, style: Style) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    if not isinstance(cell, str):
        raise Unreadable("number", _("This is no number."))
    return read_number(cell, style.decimal)


def _integer(field: ImportField, cell: Cell, style: Style) -> int:
    found = _decimal(field, cell, style)
    if found != found.to_integral_value():
        raise Unreadable("integer", _("This is no whole number."))
    return int(found)


PLAIN: Final = re.compile(r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?|\.[0-9]+")
AMBIGUOUS: Final = re.compile(r"[0-9]{1,3},[0-9]{3}")


def read_number(text: str, decimal: str) -> Decimal:
    """A number as people write it: groups of three, either decimal sign, a minus before, behind or as brackets."""
    bare = text.strip().translate(SPACES).replace("\u2212", "-")
    bare, sign = _signed(bare)
    if decimal == "auto":
        if AMBIGUOUS.fullmatch(bare):
            raise Unreadable("ambiguous_number", _("Say which sign stands before decimals: this could be two numbers."))
        decimal = "," if bare.rfind(",") > bare.rfind(".") and bare.count(",") == 1 else "."
    whole, mark, rest = bare.partition(decimal)
    group = "." if decimal == "," else ","
    if group in whole:
        first, *others = whole.split(group)
        if not 1 <= len(first) <= 3 or any(len(item) != 3 for item in others):
            raise Unreadable("number", _("This is no number."))
        whole = first + "".join(others)
    plain = whole + ("." if mark else "") + rest
    if not PLAIN.fullmatch(plain) or len(plain) > MOST_DIGITS:
        raise Unreadable("number", _("This is no number."))
    return Decimal(sign + plain)


def _signed(text: str) -> tuple[str, str]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1], "-"
    if text.startswith(("-", "+")):
        return text[1:], text[0].replace("+", "")
    return (text[:-1], "-") if text.endswith("-") else (text, "")


def _boolean(field: ImportField, cell: Cell, style: Style) -> bool:
    if isinstance(cell, bool):
        return cell
    word = text_of(cell).strip().casefold()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise Unreadable("boolean", _("This is neither yes nor no."))


YEAR_FIRST: Final = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})")
YEAR_LAST: Final = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
NAMED: Final = re.compile(r"([0-9]{1,2})(?:\.|st|nd|rd|th)?[- ]?(?:de )?([^\W\d_]{3,})\.?,?[- ]?(?:de )?([0-9]{4})")
NAMED_FIRST: Final = re.compile(r"([^\W\d_]{3,})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
MOMENT: Final = re.compile(
    r"(.+?)[T ]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)\s*(Z|[-+][0-9]{2}:?[0-9]{2})?"
)


def _date(field: ImportField, cell: Cell, style: Style) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        raise Unreadable("date", _("This is no date."))
    moment = MOMENT.fullmatch(cell.strip())
    return read_date(moment[1] if moment else cell.strip(), style.order)


def read_date(text: str, order: str) -> date:
    """A day in figures, the year with four of them, or with the name of its month. Raises Unreadable."""
    if found := YEAR_FIRST.fullmatch(text):
        return _day(*(int(item) for item in found.groups() if item))
    if found := YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        is_american = _order(first, second, found[2], order) == "mdy"
        return _day(year, first if is_american else second, second if is_american else first)
    if found := NAMED.fullmatch(text.casefold()):
        return _day(int(found[3]), MONTHS.get(found[2], 0), int(found[1]))
    if found := NAMED_FIRST.fullmatch(text.casefold()):
        return _day(int(found[3]), MONTHS.get(found[1], 0), int(found[2]))
    raise Unreadable("date", _("This is no date with a year of four figures."))


def _order(first: int, second: int, mark: str, order: str) -> str:
    if order in {"dmy", "mdy"}:
        return order
    if first > 12 or mark == "." or first == second:
        return "dmy"
    if second > 12:
        return "mdy"
    raise Unreadable("ambiguous_date", _("Say whether the day or the month stands first: this could be two days."))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable("date", _("There is no such day.")) from None


def _datetime(field: ImportField, cell: Cell, style: Style) -> datetime:
    zone = ZoneInfo(style.zone)
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.replace(tzinfo=zone)).astimezone(UTC)
    moment = MOMENT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    day = _date(field, cell, style)
    if moment is None:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    try:
        clock = time.fromisoformat(moment[2].rjust(len(moment[2]) + (moment[2][1] == ":"), "0"))
        shift = datetime.fromisoformat(f"2000-01-01T00:00:00{moment[3]}").tzinfo if moment[3] else zone
        return datetime.combine(day, clock, shift).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("datetime", _("There is no such time.")) from None


def _choice(field: ImportField, cell: Cell, style: Style) -> str:
    word = text_of(cell).strip().casefold()
    for value, label in field.choices:
        if word in {value.casefold(), str(label).strip().casefold()}:
            return value
    known = ", ".join(value for value, _label in field.choices[:10])
    raise Unreadable("choice", _("This is none of the possible values: {known}.").format(known=known))


def _list(field: ImportField, cell: Cell, style: Style) -> list[str]:
    text = text_of(cell).strip()
    if text.startswith("["):
        try:
            found = json.loads(text)
            text.encode()
            "".join(found).encode()  # half a character may be written as an escape
        except (ValueError, TypeError, RecursionError):
            raise Unreadable("list", _("This is no list.")) from None
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise Unreadable("list", _("This is no list."))
        return found
    return [item.strip() for item in re.split(r"[;,\n]", text) if item.strip()]


def _uuid(field: ImportField, cell: Cell, style: Style) -> UUID:
    try:
        return UUID(text_of(cell).strip())
    except ValueError:
        raise Unreadable("id", _("This is no id.")) from None


MONEY: Final = re.compile(r"(.*?)\s*([A-Za-z]{3})|([A-Za-z]{3})\s*(.*)")


def _money(field: ImportField, cell: Cell, style: Style) -> dict[str, str]:
    """`12.50 EUR`, or the object that an export writes."""
    text = text_of(cell).strip()
    if text.startswith("{"):
        try:
            given = json.loads(text)
            text = f"{given['amount']} {given['currency']}"
        except (ValueError, KeyError, TypeError, RecursionError):
            text = ""
    found = MONEY.fullmatch(text)
    if found is None:
        raise Unreadable("money", _("Give an amount and a currency, such as 12.50 EUR."))
    amount = read_number(found[1] or found[4] or "", style.decimal)
    return {"amount": f"{amount:f}", "currency": (found[2] or found[3]).upper()}


Reader = Callable[[ImportField, Cell, Style], Any]
READERS: Final[dict[FieldKind, Reader]] = {
    FieldKind.TEXT: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.DATE: _date,
    FieldKind.DATETIME: _datetime,
    FieldKind.CHOICE: _choice,
    FieldKind.REFERENCE: _text,
    FieldKind.LIST: _list,
    FieldKind.MONEY: _money,
    FieldKind.UUID: _uuid,
}
