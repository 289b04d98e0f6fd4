"""What can be known to be wrong before any record is seen: kinds that never meet, counts, patterns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Final, get_args

from apps.kernel.errors import FieldError
from apps.kernel.expressions.functions import FUNCTIONS, MOMENT, NUMBER, TEXT, Kinds
from apps.kernel.expressions.nodes import Call, Comparison, Count, Items, Operand, Value
from apps.kernel.expressions.operators import OPERATORS
from apps.kernel.expressions.patterns import PatternError
from apps.kernel.expressions.regex import matcher
from apps.kernel.expressions.values import Kind, kind_of, read_moment

_ANY: Final[Kinds] = frozenset(get_args(Kind))
_ORDERED: Final[Kinds] = NUMBER | TEXT | MOMENT
_LIST: Final[Kinds] = frozenset({"list"})


def comparison_problems(node: Comparison) -> Iterator[FieldError]:
    """Complain about a right side that can never suit the operator or the left side."""
    right, takes = node.right, OPERATORS[node.operator].takes
    if right is None:
        return
    if takes == "pattern":
        yield from _pattern_problems(right)
    elif takes == "text":
        yield from _wrong_kind(right, TEXT, f"{node.operator} takes")
    elif takes == "list":
        yield from _wrong_kind(right, _LIST, f"{node.operator} takes")
    elif takes == "pair":
        yield from _pair_problems(node.left, right)
    elif takes == "ordered":
        yield from _order_problems(node.left, right)
    elif node.operator in ("=", "!="):
        yield from _meeting_problems(node.left, right)


def call_problems(node: Call) -> Iterator[FieldError]:
    """Complain about the number and the kinds of a function's arguments."""
    function, count = FUNCTIONS[node.function], len(node.arguments)
    if not function.fewest <= count <= function.most:
        wanted = str(function.most) if function.fewest == function.most else f"{function.fewest} to {function.most}"
        yield FieldError(node.at, "wrong_arity", f"{node.function} takes {wanted} arguments, not {count}.")
        return
    for position, argument in enumerate(node.arguments):
        yield from _wrong_kind(argument, function.accepted(position), f"{node.function} takes")


def kinds_of(operand: Operand) -> Kinds:
    """Return the kinds the operand may turn out to have; text that reads as a moment counts as one too."""
    if isinstance(operand, Value):
        if isinstance(operand.value, str) and read_moment(operand.value, UTC) is not None:
            return TEXT | MOMENT
        return frozenset({kind_of(operand.value)})
    if isinstance(operand, Call):
        gives = FUNCTIONS[operand.function].gives
        return gives | MOMENT if gives == TEXT else gives
    if isinstance(operand, Count):
        return NUMBER
    return _LIST if isinstance(operand, Items) else _ANY


def _pattern_problems(right: Operand) -> Iterator[FieldError]:
    if not isinstance(right, Value) or not isinstance(right.value, str):
        yield FieldError(right.at, "expected_pattern", "matches takes a pattern written out as text.")
        return
    try:
        matcher(right.value)
    except PatternError as error:
        yield FieldError(right.at, "bad_pattern", f"The pattern is refused: {error}.")


def _pair_problems(left: Operand, right: Operand) -> Iterator[FieldError]:
    if isinstance(right, Items):
        if len(right.items) != 2:
            yield FieldError(right.at, "expected_pair", "between takes a list of two, the lower one first.")
        for bound in right.items:
            yield from _order_problems(left, bound)
    else:
        yield from _wrong_kind(right, _LIST, "between takes")


def _order_problems(left: Operand, right: Operand) -> Iterator[FieldError]:
    problems = list(_wrong_kind(right, _ORDERED, "An order needs"))
    yield from problems or _meeting_problems(left, right)


def _meeting_problems(left: Operand, right: Operand) -> Iterator[FieldError]:
    one, other = kinds_of(left), kinds_of(right)
    moments = not one.isdisjoint(MOMENT) and not other.isdisjoint(MOMENT)
    if one.isdisjoint(other) and not moments and "null" not in one | other:
        yield FieldError(right.at, "kinds_never_meet", f"{_list(one)} on the left never meets {_list(other)}.")


def _wrong_kind(operand: Operand, accepted: Kinds, intro: str) -> Iterator[FieldError]:
    kinds = kinds_of(operand)
    if kinds.isdisjoint(accepted):
        yield FieldError(operand.at, "wrong_kind", f"{intro} {_list(accepted)}, not {_list(kinds)}.")


def _list(kinds: Kinds) -> str:
    return " or ".join(sorted(kinds))
