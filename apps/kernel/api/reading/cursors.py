"""Keyset paging: a cursor holds the sort values of the row beside it, so that inserts move no page."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.ordering import Order, Term

LONGEST = 4000
DECODER = msgspec.json.Decoder(tuple[str, bool, list[str | None]])


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: behind the row with these sort values, or before it when `backward`."""

    values: tuple[Any, ...] = ()
    backward: bool = False

    @property
    def is_start(self) -> bool:
        """Say whether it stands at the beginning of the list."""
        return not self.values


def cursor_of(asked: Asked, order: Order) -> Cursor | None:
    """Read `cursor=`; None when it is not given, the start when it is empty. Complains about any other text."""
    text = asked.text("cursor")
    if not text:
        return None if text is None else Cursor()
    try:
        return _read(text, order)
    except (ValueError, TypeError, OverflowError, ArithmeticError, ValidationError, msgspec.MsgspecError):
        message = _("This cursor does not belong to this list in this order.")
        asked.refuse("cursor", "kernel.cursor.invalid", message)
        return None


def _read(text: str, order: Order) -> Cursor:
    if len(text) > LONGEST:
        raise ValueError(text)
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(text) from error
    words, backward, values = DECODER.decode(raw)
    if words != _words(order) or len(values) != len(order):
        raise ValueError(text)
    return Cursor(tuple(_value(term, value) for term, value in zip(order, values, strict=True)), backward)


def _value(term: Term, text: str | None) -> Any:
    if text is None:
        if not term.column.null:
            raise ValueError(term.name)
        return None
    if "\0" in text:
        raise ValueError(term.name)
    text.encode()
    found = term.column.to_python(text)
    if isinstance(found, Decimal) and not found.is_finite():
        raise ValueError(term.name)
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError(term.name)
    return term.column.get_prep_value(found) if isinstance(found, int) else found


def cursor_text(order: Order, row: tuple[Any, ...], *, backward: bool = False) -> str:
    """The cursor beside a row whose sort values these are."""
    raw = msgspec.json.encode((_words(order), backward, [_text(value) for value in row]))
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _words(order: Order) -> str:
    return ",".join(term.words for term in order)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def behind(order: Order, values: tuple[Any, ...]) -> Q:
    """The rows that follow a row with these sort values, in this order.

    Where no key can be empty and all go one way, it is one row comparison, which an index serves. Otherwise
    the first key bounds the scan and the rest is checked row by row.
    """
    directions = {term.descending for term in order}
    if len(directions) == 1 and not any(term.column.null for term in order):
        lookup = TupleLessThan if order[0].descending else TupleGreaterThan
        names = tuple(term.name for term in order)
        return Q(lookup(Tuple(*names), values))
    return _bound(order[0], values[0]) & _following(order, values)


def _following(order: Order, values: tuple[Any, ...]) -> Q:
    term, value = order[0], values[0]
    test = _beyond(term, value)
    if len(order) > 1:
        test |= _equal(term, value) & _following(order[1:], values[1:])
    return test


def _bound(term: Term, value: Any) -> Q:
    """What an index on the first key can use: nothing before the value."""
    if value is None:
        return Q() if term.descending else Q(**{f"{term.name}__isnull": True})
    if term.descending:
        return Q(**{f"{term.name}__lte": value})
    at_or_behind = Q(**{f"{term.name}__gte": value})
    return at_or_behind | Q(**{f"{term.name}__isnull": True}) if term.column.null else at_or_behind


def _beyond(term: Term, value: Any) -> Q:
    if value is None:
        return Q(**{f"{term.name}__isnull": False}) if term.descending else Q(pk__in=[])
    if term.descending:
        return Q(**{f"{term.name}__lt": value})
    greater = Q(**{f"{term.name}__gt": value})
    return greater | Q(**{f"{term.name}__isnull": True}) if term.column.null else greater


def _equal(term: Term, value: Any) -> Q:
    return Q(**{f"{term.name}__isnull": True}) if value is None else Q(**{term.name: value})
