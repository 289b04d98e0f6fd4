"""The comparisons: one rule each for the positive ones, and the exact opposite for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from apps.kernel.expressions.paths import MISSING
from apps.kernel.expressions.regex import matcher
from apps.kernel.expressions.state import State
from apps.kernel.expressions.values import equal, order, plain

Rule: TypeAlias = Callable[[object, object, State], bool]
Takes: TypeAlias = Literal["nothing", "one", "ordered", "list", "pair", "text", "pattern"]


@dataclass(frozen=True, slots=True)
class Operator:
    """`takes` says what stands on the right; `opposite_of` names the operator that this one turns round."""

    summary: str
    takes: Takes
    rule: Rule
    opposite_of: str = ""


def _equals(left: object, right: object, state: State) -> bool:
    return equal(left, right, state.zone, state.spend)


def _greater(left: object, right: object, state: State) -> bool:
    return order(left, right, state.zone) == 1


def _less(left: object, right: object, state: State) -> bool:
    return order(left, right, state.zone) == -1


def _at_least(left: object, right: object, state: State) -> bool:
    return order(left, right, state.zone) in (0, 1)


def _at_most(left: object, right: object, state: State) -> bool:
    return order(left, right, state.zone) in (0, -1)


def _in(left: object, right: object, state: State) -> bool:
    if not isinstance(right, (list, tuple)):
        return False
    return any(equal(left, plain(item, state.zone), state.zone, state.spend) for item in right)


def _contains(left: object, right: object, state: State) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _in(right, left, state)


def _starts_with(left: object, right: object, state: State) -> bool:
    return isinstance(left, str) and isinstance(right, str) and left.startswith(right)


def _ends_with(left: object, right: object, state: State) -> bool:
    return isinstance(left, str) and isinstance(right, str) and left.endswith(right)


def _matches(left: object, right: object, state: State) -> bool:
    return isinstance(left, str) and matcher(cast("str", right))(left)


def _between(left: object, right: object, state: State) -> bool:
    if not isinstance(right, (list, tuple)) or len(right) != 2:
        return False
    low, high = (plain(bound, state.zone) for bound in right)
    return _at_least(left, low, state) and _at_most(left, high, state)


def _is_empty(left: object, right: object, state: State) -> bool:
    return left is MISSING or left is None or (isinstance(left, (str, list, tuple, dict)) and not left)


def _exists(left: object, right: object, state: State) -> bool:
    return left is not MISSING


OPERATORS: Final[Mapping[str, Operator]] = {
    "=": Operator("equal, of the same kind", "one", _equals),
    "!=": Operator("not `=`", "one", _equals, "="),
    ">": Operator("greater or later", "ordered", _greater),
    ">=": Operator("greater, later or equal", "ordered", _at_least),
    "<": Operator("less or earlier", "ordered", _less),
    "<=": Operator("less, earlier or equal", "ordered", _at_most),
    "in": Operator("equal to an element of the list", "list", _in),
    "not_in": Operator("not `in`", "list", _in, "in"),
    "contains": Operator("the text contains the text, or the list the element", "one", _contains),
    "not_contains": Operator("not `contains`", "one", _contains, "contains"),
    "starts_with": Operator("the text starts with the text", "text", _starts_with),
    "ends_with": Operator("the text ends with the text", "text", _ends_with),
    "matches": Operator("the pattern is found in the text", "pattern", _matches),
    "is_empty": Operator("missing, null, or a text, list or object of nothing", "nothing", _is_empty),
    "is_not_empty": Operator("not `is_empty`", "nothing", _is_empty, "is_empty"),
    "exists": Operator("there, be it null", "nothing", _exists),
    "between": Operator("`>=` the first and `<=` the second", "pair", _between),
}
