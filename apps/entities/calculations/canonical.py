"""The one form of each value: what callers send becomes it, or is refused with a reason.

| kind | form |
|---|---|
| text, multiline, richtext | text in NFC without control characters; rich text as `richtext` leaves it |
| integer | `int`, 64 bits |
| decimal | `Decimal` without trailing zeros, at most 38 digits, 18 of them after the point |
| boolean | `bool` |
| date | `2026-11-28` |
| datetime | `2026-11-28T12:00:00.000000Z`, always so long, so that text sorts as time |
| select, multiselect | value of an option; a list of them in the order of the options |
| currency | `Amount` |
| relation, dictionary, file | id as text |
| url, email, phone | see `addresses` |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.entities.calculations.addresses import email_address, phone_number, web_address
from apps.entities.calculations.richtext import sanitised
from apps.entities.calculations.wrong import Wrong
from apps.entities.contracts import FieldDefinition, Kind

__all__ = ["DIGITS", "PLACES", "Amount", "Wrong", "canonical", "is_empty"]

DIGITS: Final = 38
PLACES: Final = 18
AMOUNT_DIGITS: Final = 19
AMOUNT_PLACES: Final = 4
SMALLEST, LARGEST = -(2**63), 2**63 - 1
# A text that an index is built on must fit into a page of it, whatever its letters.
LINE: Final = 500
TEXT: Final = 20_000
RICH: Final = 100_000
_PLAIN_NUMBER: Final = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in major units of an ISO 4217 currency."""

    amount: Decimal
    currency: str


def is_empty(raw: Any) -> bool:
    """Say whether the value means "nothing": null, a blank text, an empty list."""
    return raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], ())


def canonical(field: FieldDefinition, raw: Any) -> Any:
    """The canonical form of a value that is not empty; None where nothing is left of it. Raises Wrong."""
    return _READERS[field.kind](raw, field)


def _text(raw: Any, most: int, *, keeps: str = "") -> str:
    if not isinstance(raw, str):
        raise Wrong("invalid", _("Give a text."))
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise Wrong("invalid", _("The text holds half a character.")) from None
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n").strip())
    if any(unicodedata.category(letter) == "Cc" and letter not in keeps for letter in text):
        raise Wrong("control_characters", _("The text holds control characters."))
    if len(text) > most:
        raise Wrong("max_length", _("Give at most {most} characters.").format(most=most))
    return text


def _line(raw: Any, field: FieldDefinition) -> str:
    return _text(raw, LINE)


def _multiline(raw: Any, field: FieldDefinition) -> str:
    return _text(raw, TEXT, keeps="\n\t")


def _richtext(raw: Any, field: FieldDefinition) -> str | None:
    # Mending crossed tags makes a text longer, and what is shown must be able to come back.
    return _text(sanitised(_text(raw, RICH, keeps="\n\t")), RICH, keeps="\n\t") or None


def _integer(raw: Any, field: FieldDefinition) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Wrong("invalid", _("Give a whole number."))
    if not SMALLEST <= raw <= LARGEST:
        raise Wrong("out_of_range", _("The number is out of range."))
    return raw


def _number(raw: Any) -> Decimal:
    """A finite decimal number, from a JSON number or a plain text. A float is refused: it is not what was meant."""
    if isinstance(raw, str) and _PLAIN_NUMBER.fullmatch(raw.strip()):
        return Decimal(raw.strip())
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise Wrong("invalid", _("Give a decimal number."))
    number = Decimal(raw)
    if not number.is_finite() or abs(number.adjusted()) > DIGITS:
        raise Wrong("out_of_range", _("The number is out of range."))
    return number


def _bounded(number: Decimal, digits: int, places: int) -> Decimal:
    """The number without trailing zeros and without an exponent."""
    if not number:
        return Decimal(0)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole, _point, fraction = text.lstrip("-").partition(".")
    if len(fraction) > places:
        raise Wrong("max_decimal_places", _("Give at most {most} decimal places.").format(most=places))
    if len(whole.lstrip("0")) > digits - places:
        raise Wrong("out_of_range", _("The number is out of range."))
    return Decimal(text)


def _decimal(raw: Any, field: FieldDefinition) -> Decimal:
    return _bounded(_number(raw), DIGITS, PLACES)


def _boolean(raw: Any, field: FieldDefinition) -> bool:
    if not isinstance(raw, bool):
        raise Wrong("invalid", _("Give true or false."))
    return raw


def _date(raw: Any, field: FieldDefinition) -> str:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    try:
        if isinstance(raw, str) and _DATE.fullmatch(raw.strip()):
            return date.fromisoformat(raw.strip()).isoformat()
    except ValueError:
        pass
    raise Wrong("invalid", _("Give a day as year-month-day."))


def _datetime(raw: Any, field: FieldDefinition) -> str:
    moment = raw if isinstance(raw, datetime) else _moment(raw)
    if moment is None or moment.tzinfo is None:
        raise Wrong("invalid", _("Give a time with its zone, such as 2026-01-31T12:00:00Z."))
    try:
        return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    except OverflowError:
        raise Wrong("out_of_range", _("The time is out of range.")) from None


def _moment(raw: Any) -> datetime | None:
    if not isinstance(raw, str) or not _TIME.fullmatch(raw.strip()):
        return None
    try:
        return datetime.fromisoformat(raw.strip().upper())
    except ValueError:
        return None


def _select(raw: Any, field: FieldDefinition) -> str:
    if not isinstance(raw, str):
        raise Wrong("invalid", _("Give the value of an option."))
    value = unicodedata.normalize("NFC", raw.strip())
    if value not in {option.value for option in field.options}:
        raise Wrong("invalid_choice", _("There is no such option."))
    return value


def _multiselect(raw: Any, field: FieldDefinition) -> list[str]:
    if not isinstance(raw, list | tuple):
        raise Wrong("invalid", _("Give a list of options."))
    chosen = {_select(item, field) for item in raw}
    return [option.value for option in field.options if option.value in chosen]


def _money(raw: Any, field: FieldDefinition) -> Amount:
    if isinstance(raw, Amount):
        raw = {"amount": raw.amount, "currency": raw.currency}
    if not isinstance(raw, Mapping) or set(raw) != {"amount", "currency"}:
        raise Wrong("invalid", _("Give an object of amount and currency."))
    currency = raw["currency"]
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise Wrong("invalid_currency", _("A currency has three capital letters, such as EUR."))
    return Amount(_bounded(_number(raw["amount"]), AMOUNT_DIGITS, AMOUNT_PLACES), currency)


def _id(raw: Any, field: FieldDefinition) -> str:
    try:
        return str(raw if isinstance(raw, UUID) else UUID(raw.strip()))
    except (ValueError, AttributeError):
        raise Wrong("invalid", _("Give an id.")) from None


_READERS: Final[Mapping[Kind, Callable[[Any, FieldDefinition], Any]]] = {
    Kind.TEXT: _line,
    Kind.MULTILINE: _multiline,
    Kind.RICHTEXT: _richtext,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.SELECT: _select,
    Kind.MULTISELECT: _multiselect,
    Kind.CURRENCY: _money,
    Kind.RELATION: _id,
    Kind.DICTIONARY: _id,
    Kind.FILE: _id,
    Kind.URL: lambda raw, field: web_address(_line_of(raw, 2000)),
    Kind.EMAIL: lambda raw, field: email_address(_line_of(raw, 254)),
    Kind.PHONE: lambda raw, field: phone_number(_line_of(raw, 60)),
}


def _line_of(raw: Any, most: int) -> str:
    return _text(raw, most)


def number_of(raw: Any) -> Decimal:
    """A decimal number from a JSON number or a plain text. Raises Wrong."""
    try:
        return _bounded(_number(raw), DIGITS, PLACES)
    except InvalidOperation:
        raise Wrong("invalid", _("Give a decimal number.")) from None
