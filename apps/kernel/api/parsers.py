"""JSON bodies, read strictly: what some readers take and others do not is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from apps.kernel.api.refusals import Malformed, TooLarge
from apps.kernel.api.repeats import RAW_BODY

LIMIT = 10 * 1024 * 1024
DEEPEST = 64
LONGEST_NUMBER = 100
LARGEST_EXPONENT = 400
OUT_OF_RANGE = _("a number is out of range")
TOO_DEEP = _("it is nested deeper than {most}")
BROKEN = _("broken JSON in line {line}, column {column}")
NO_NUMBER = _("{name} is no JSON number")


class StrictJSONParser(BaseParser):
    """Parse a body of at most 10 MB. Numbers with a point or an exponent become Decimal, never float."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The value in the body. Raises TooLarge, Malformed."""
        body = stream.read(LIMIT + 1)
        if len(body) > LIMIT:
            raise TooLarge(limit=LIMIT)
        request = (parser_context or {}).get("request")
        if request is not None:
            setattr(request._request, RAW_BODY, body)
        return read_json(body)


def read_json(body: bytes) -> Any:
    """Read JSON in UTF-8.

    Raises Malformed for broken JSON, NaN and Infinity, a key that stands twice, numbers of more than
    100 digits or beyond 1e±400, NUL and lone surrogates in text, and nesting deeper than 64.
    """
    try:
        text = body.decode()
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_whole,
            parse_float=_fraction,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        raise Malformed(reason=_("it is not UTF-8")) from None
    except RecursionError:
        raise Malformed(reason=TOO_DEEP.format(most=DEEPEST)) from None
    except json.JSONDecodeError as error:
        raise Malformed(reason=BROKEN.format(line=error.lineno, column=error.colno)) from None
    _demand_sound(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(reason=NO_NUMBER.format(name=name))


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(reason=_("a number has too many digits"))
    return int(digits)


def _fraction(digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(reason=_("a number has too many digits"))
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise Malformed(reason=OUT_OF_RANGE) from None
    if abs(number.adjusted()) > LARGEST_EXPONENT:
        raise Malformed(reason=OUT_OF_RANGE)
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed(reason=_("a key stands twice in one object"))
    return found


def _demand_sound(value: Any) -> None:
    """Look at every text and at the depth, without recursion."""
    pending = [(value, 1)]
    while pending:
        item, depth = pending.pop()
        if isinstance(item, str):
            _demand_text(item)
            continue
        if not isinstance(item, dict | list):
            continue
        if depth > DEEPEST:
            raise Malformed(reason=TOO_DEEP.format(most=DEEPEST))
        inner = [*item, *item.values()] if isinstance(item, dict) else item
        pending += [(part, depth + 1) for part in inner]


def _demand_text(text: str) -> None:
    if "\x00" in text:
        raise Malformed(reason=_("a text holds a NUL character"))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed(reason=_("a text holds half a character")) from None
