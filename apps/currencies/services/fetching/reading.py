"""Numbers, days and codes as outside documents write them; whatever is doubtful is refused, never guessed."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from apps.currencies.contracts import RateKind, RateQuote
from apps.currencies.errors import DocumentBroken

PLACES = 14
MOST_QUOTES = 500_000
LARGEST_UNIT = 1_000_000
_SHOWN = 80
_LONGEST = 40
_NUMBER = re.compile(r"[0-9]{1,14}(\.[0-9]{1,30})?")
_CODE = re.compile(r"[A-Z]{3}")
_SPACES = re.compile(r"(?<=[0-9])[\u0020\u00a0\u2009\u202f](?=[0-9]{3})")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def broken(why: str) -> NoReturn:
    """Refuse the document; `why` is a sentence for people. Raises DocumentBroken."""
    raise DocumentBroken(why=why)


def shown(value: object) -> str:
    """A value from outside as an error may show it: short, on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def rate_from(value: object, *, unit: object = 1, comma: bool = False) -> Decimal:
    """A positive rate for one unit, at 14 places; `comma` says which of the two signs stands before the decimals.

    Spaces between groups of three digits are read over. The other sign is never taken for a separator of groups:
    `1,0850` must not become 10850. Raises DocumentBroken.
    """
    text = _SPACES.sub("", _text_of(value))
    plain = text.replace(",", ".") if comma and "." not in text else text
    if not _NUMBER.fullmatch(plain) or (comma and plain == text and "." in text):
        broken(_("“{value}” is no positive number.").format(value=shown(value)))
    rate = _EXACT.divide(Decimal(plain), Decimal(unit_from(unit)))
    found = rate.quantize(Decimal(1).scaleb(-PLACES), context=_EXACT)
    if not found:
        broken(_("“{value}” is no rate: it has to be above zero.").format(value=shown(value)))
    return found


def unit_from(value: object) -> int:
    """How many units a rate is quoted for: 1, 100, 10 000. Raises DocumentBroken."""
    text = _SPACES.sub("", _text_of(value))
    whole = text.partition(".")[0] if re.fullmatch(r"[0-9]+\.0*", text) else text
    if not (whole.isascii() and whole.isdigit() and 0 < int(whole[:9]) <= LARGEST_UNIT and len(whole) < 9):
        broken(_("“{value}” is no number of units.").format(value=shown(value)))
    return int(whole)


def code_from(value: object) -> str:
    """A currency code of three capital letters. Raises DocumentBroken."""
    text = _text_of(value)
    if not _CODE.fullmatch(text):
        broken(_("“{value}” is no currency code.").format(value=shown(value)))
    return text


def day_from(value: object, pattern: str = "") -> date:
    """A day, ISO 8601 (a time behind it is read over) or by a pattern of `strptime`. Raises DocumentBroken."""
    text = _text_of(value)
    try:
        if pattern:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        return date.fromisoformat(text[:10]) if text[10:11] in {"", "T", " "} else _no_day(text)
    except ValueError:
        _no_day(text)


def quote_from(pair: tuple[str, str], rate: Decimal, effective_on: date, kind: RateKind = "mid") -> RateQuote:
    """A quote of two different currencies. Raises DocumentBroken."""
    if pair[0] == pair[1]:
        broken(_("A currency is quoted in itself: {code}.").format(code=pair[0]))
    return RateQuote(*pair, rate, effective_on, kind)


def json_from(content: bytes) -> Any:
    """The document as JSON; numbers with decimals are Decimal, because a float has lost the rate already.

    Raises DocumentBroken.
    """
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        broken(_("It is no JSON. It begins with “{start}”.").format(start=beginning(content)))


def beginning(content: bytes) -> str:
    """How a document begins, for an error that lets people see what came instead."""
    return shown(content[:200].decode("utf-8", errors="replace"))


def _text_of(value: object) -> str:
    if isinstance(value, Decimal) and -_LONGEST < value.adjusted() < _LONGEST:  # 1e999999 would be a megabyte long
        return f"{value:f}"
    return str(value).strip() if isinstance(value, str) or type(value) is int else shown(repr(value))


def _no_day(text: str) -> NoReturn:
    broken(_("“{value}” is no day.").format(value=shown(text)))


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
