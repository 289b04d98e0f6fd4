"""The functions a condition may call: arithmetic, dates, text. Each is total: what cannot be is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final, TypeAlias

from apps.kernel.expressions.paths import MISSING
from apps.kernel.expressions.values import Kind, add_days, day_of, kind_of, read_moment

Kinds: TypeAlias = frozenset[Kind]

NUMBER: Final[Kinds] = frozenset({"number"})
TEXT: Final[Kinds] = frozenset({"text"})
MOMENT: Final[Kinds] = frozenset({"date", "datetime"})
DAY: Final[Kinds] = frozenset({"date"})
INSTANT: Final[Kinds] = frozenset({"datetime"})
SIZED: Final[Kinds] = frozenset({"text", "list"})
NUMERIC: Final[Kinds] = frozenset({"number", "text"})

MAX_ARGUMENTS: Final = 50
_MAX_DAYS: Final = 4_000_000
_MAX_PLACES: Final = 12
_DIGITS: Final = Context(
    prec=50,
    Emax=99,
    Emin=-99,
    rounding=ROUND_HALF_UP,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Function:
    """One function: what it accepts, what it gives, and how; `repeats` lets the last parameter come again."""

    summary: str
    accepts: tuple[Kinds, ...]
    gives: Kinds
    run: Callable[..., object]
    optional: int = 0
    repeats: bool = False
    needs_now: bool = False

    @property
    def fewest(self) -> int:
        return len(self.accepts) - self.optional

    @property
    def most(self) -> int:
        return MAX_ARGUMENTS if self.repeats else len(self.accepts)

    def accepted(self, position: int) -> Kinds:
        return self.accepts[min(position, len(self.accepts) - 1)]


def call(function: Function, arguments: list[object], now: datetime) -> object:
    """Run a function on values; MISSING when an argument is of the wrong kind or the result cannot be."""
    zone = _zone(now)
    fitted = [_fit(value, function.accepted(position), zone) for position, value in enumerate(arguments)]
    if any(value is MISSING for value in fitted):
        return MISSING
    try:
        return function.run(now, *fitted) if function.needs_now else function.run(*fitted)
    except ArithmeticError:
        return MISSING


def _zone(now: datetime) -> tzinfo:
    return now.tzinfo or UTC


def _fit(value: object, accepted: Kinds, zone: tzinfo) -> object:
    if kind_of(value) in accepted:
        return value
    if isinstance(value, str) and "date" in accepted:
        moment = read_moment(value, zone)
        return MISSING if moment is None else moment
    return MISSING


def _fold(operation: Callable[[Any, Any], Decimal]) -> Callable[..., object]:
    def run(first: Any, *others: Any) -> object:
        for other in others:
            first = operation(first, other)
        return first

    return run


def _whole(value: Any, *, limit: int) -> int | None:
    return int(value) if abs(value) <= limit and value == int(value) else None


def _round(value: Any, places: Any = 0) -> object:
    digits = _whole(places, limit=_MAX_PLACES)
    if digits is None or digits < 0:
        return MISSING
    return _DIGITS.quantize(_DIGITS.create_decimal(value), Decimal(1).scaleb(-digits))


def _add_days(moment: Any, days: Any) -> object:
    whole = _whole(days, limit=_MAX_DAYS)
    moved = None if whole is None else add_days(moment, whole)
    return MISSING if moved is None else moved


def _days_between(now: datetime, start: Any, end: Any) -> object:
    return (day_of(end, _zone(now)) - day_of(start, _zone(now))).days


def _substring(text: str, start: Any, length: Any) -> object:
    first, count = _whole(start, limit=10**9), _whole(length, limit=10**9)
    if first is None or count is None or first < 0 or count < 0:
        return MISSING
    return text[first : first + count]


def _number(value: Any) -> object:
    if not isinstance(value, str):
        return value
    return Decimal(value) if _NUMBER.fullmatch(value) else MISSING


FUNCTIONS: Final[Mapping[str, Function]] = {
    "add": Function("The sum of the numbers.", (NUMBER, NUMBER), NUMBER, _fold(_DIGITS.add), repeats=True),
    "subtract": Function("The first number less the second.", (NUMBER, NUMBER), NUMBER, _DIGITS.subtract),
    "multiply": Function(
        "The product of the numbers.", (NUMBER, NUMBER), NUMBER, _fold(_DIGITS.multiply), repeats=True
    ),
    "divide": Function(
        "The first number divided by the second; nothing for zero.", (NUMBER, NUMBER), NUMBER, _DIGITS.divide
    ),
    "modulo": Function(
        "What is left of the division; has the sign of the first number.",
        (NUMBER, NUMBER),
        NUMBER,
        _DIGITS.remainder,
    ),
    "absolute": Function("The number without its sign.", (NUMBER,), NUMBER, _DIGITS.abs),
    "round": Function(
        "The number rounded half-up to that many places (0 to 12, else 0).",
        (NUMBER, NUMBER),
        NUMBER,
        _round,
        optional=1,
    ),
    "now": Function("The moment of the evaluation.", (), INSTANT, lambda now: now, needs_now=True),
    "today": Function("The day of the evaluation, in its zone.", (), DAY, lambda now: now.date(), needs_now=True),
    "date": Function(
        "The day of a moment, in the zone of the evaluation.",
        (MOMENT,),
        DAY,
        lambda now, moment: day_of(moment, _zone(now)),
        needs_now=True,
    ),
    "add_days": Function("A day or a moment, whole days later.", (MOMENT, NUMBER), MOMENT, _add_days),
    "days_between": Function(
        "The days from the first moment to the second.",
        (MOMENT, MOMENT),
        NUMBER,
        _days_between,
        needs_now=True,
    ),
    "lower": Function("The text in small letters.", (TEXT,), TEXT, str.lower),
    "upper": Function("The text in capital letters.", (TEXT,), TEXT, str.upper),
    "trim": Function("The text without white space around it.", (TEXT,), TEXT, str.strip),
    "concat": Function("The texts one after another.", (TEXT, TEXT), TEXT, lambda *texts: "".join(texts), repeats=True),
    "substring": Function(
        "The text from a position (from 0) on, so many characters.", (TEXT, NUMBER, NUMBER), TEXT, _substring
    ),
    "length": Function("The characters of a text or the elements of a list.", (SIZED,), NUMBER, len),
    "number": Function("The number that a text such as 12.50 shows.", (NUMERIC,), NUMBER, _number),
}
