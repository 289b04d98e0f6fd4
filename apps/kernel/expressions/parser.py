"""Reads a condition from JSON into its tree, or reports everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeGuard

from apps.kernel.errors import FieldError
from apps.kernel.expressions.checks import call_problems, comparison_problems
from apps.kernel.expressions.errors import InvalidExpression
from apps.kernel.expressions.functions import FUNCTIONS
from apps.kernel.expressions.nodes import (
    ALWAYS,
    Call,
    Comparison,
    Count,
    Expression,
    Field,
    Group,
    Items,
    Not,
    Operand,
    Quantified,
    Value,
)
from apps.kernel.expressions.operators import OPERATORS
from apps.kernel.expressions.paths import MAX_PATH, read_path
from apps.kernel.expressions.weight import is_storable, weigh

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,49}")
_WORDS: Final = ("and", "or", "not", "any", "all")
_MAX_ERRORS: Final = 100
_LARGEST: Final = 10**38


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a condition may be: nesting, conditions in one group and in all, bytes of JSON."""

    depth: int = 10
    group: int = 50
    conditions: int = 10_000
    size: int = 65_536


LIMITS: Final = Limits()


def parse(value: object, *, limits: Limits = LIMITS) -> Expression:
    """Read a condition from parsed JSON; nothing (null or `{}`) is the condition that always holds.

    Raises InvalidExpression with all complaints, each at its path such as `and[2].value`.
    """
    if weigh(value, limit=limits.size) > limits.size:
        too_large = FieldError("", "too_large", f"A condition has at most {limits.size} bytes.")
        raise InvalidExpression(errors=(too_large,))
    if value is None or (isinstance(value, dict) and not value):
        return ALWAYS
    reader = _Reader(limits)
    expression = reader.condition(value, "", 1)
    if expression is None or reader.errors:
        raise InvalidExpression(errors=tuple(reader.errors[:_MAX_ERRORS]))
    return expression


class _Reader:
    """One descent over the JSON; a method that complains returns None, and its siblings are still read."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.errors: list[FieldError] = []
        self.conditions = 0

    def fail(self, at: str, code: str, message: str) -> None:
        self.errors.append(FieldError(at, code, message))

    # Conditions

    def condition(self, value: object, at: str, depth: int) -> Expression | None:
        if not self.is_object(value, at, depth):
            return None
        self.conditions += 1
        if self.conditions == self.limits.conditions + 1:
            self.fail(at, "too_many", f"There are more than {self.limits.conditions} conditions.")
        word = next((word for word in _WORDS if word in value), None)
        if word is None:
            return self.comparison(value, at, depth)
        self.only(value, (word,), at)
        if word in ("any", "all"):
            return self.quantified(word, value[word], at, depth)
        if word == "not":
            inner = self.condition(value[word], _join(at, word), depth + 1)
            return inner and Not(inner, at)
        return self.group(word, value[word], at, depth)

    def group(self, word: Any, value: object, at: str, depth: int) -> Expression | None:
        place = _join(at, word)
        if not isinstance(value, (list, tuple)):
            self.fail(place, "expected_list", f"{word} takes a list of conditions.")
            return None
        if len(value) > self.limits.group:
            self.fail(place, "too_many", f"A group has at most {self.limits.group} conditions.")
            return None
        if word == "or" and not value:
            self.fail(place, "empty_or", "or needs at least one condition.")
        read = [self.condition(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
        return Group(word, tuple(item for item in read if item is not None), at)

    def quantified(self, word: Any, value: object, at: str, depth: int) -> Expression | None:
        parts = self.elements(value, _join(at, word), depth)
        if parts is None:
            return None
        source, name, where = parts
        if where is None:
            self.fail(_join(at, word), "missing_key", f"{word} needs where.")
            return None
        return Quantified(word, source, name, where, at)

    def elements(self, value: object, at: str, depth: int) -> tuple[Field, str, Expression | None] | None:
        """Read `{"list": path, "as": name, "where": condition}`, the body of any, all and count."""
        if not self.is_object(value, at, depth + 1):
            return None
        self.only(value, ("list", "as", "where"), at)
        source = self.path(value.get("list"), _join(at, "list"))
        name = value.get("as", "item")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self.fail(_join(at, "as"), "bad_name", "A name has up to 50 letters, digits, _ and -.")
            return None
        where = None
        if "where" in value:
            where = self.condition(value["where"], _join(at, "where"), depth + 2)
        return None if source is None else (source, name, where)

    def comparison(self, value: dict[str, object], at: str, depth: int) -> Expression | None:
        self.only(value, ("field", "operator", "value", "value_field"), at)
        left = self.left(value.get("field"), _join(at, "field"), depth)
        operator = value.get("operator")
        if not isinstance(operator, str) or operator not in OPERATORS:
            known = " ".join(OPERATORS)
            self.fail(_join(at, "operator"), "unknown_operator", f"An operator is one of {known}.")
            return None
        right = self.right(value, operator, at, depth)
        if left is None or (right is None and OPERATORS[operator].takes != "nothing"):
            return None
        node = Comparison(left, operator, right, at)
        self.errors.extend(comparison_problems(node))
        return node

    def left(self, value: object, at: str, depth: int) -> Operand | None:
        return self.operand(value, at, depth) if isinstance(value, dict) else self.path(value, at)

    def right(self, value: dict[str, object], operator: str, at: str, depth: int) -> Operand | None:
        given = [key for key in ("value", "value_field") if key in value]
        if OPERATORS[operator].takes == "nothing":
            for key in given:
                self.fail(_join(at, key), "unknown_key", f"{operator} takes no {key}.")
            return None
        if len(given) != 1:
            self.fail(at, "missing_key", f"{operator} takes either value or value_field.")
            return None
        place = _join(at, given[0])
        if given == ["value_field"]:
            return self.path(value["value_field"], place)
        return self.operand(value["value"], place, depth)

    # Operands

    def operand(self, value: object, at: str, depth: int) -> Operand | None:
        if isinstance(value, dict):
            return self.named_operand(value, at, depth)
        if isinstance(value, (list, tuple)):
            return self.items(value, at, depth)
        if isinstance(value, str):
            return self.text(value, at)
        if value is None or isinstance(value, bool):
            return Value(value, at)
        if isinstance(value, (int, float, Decimal)):
            return self.number(value, at)
        self.fail(at, "wrong_type", "A value is text, a number, true, false, null, a list or a function.")
        return None

    def items(self, value: Sequence[object], at: str, depth: int) -> Operand | None:
        if self.too_deep(at, depth + 1):
            return None
        read = [self.operand(item, f"{at}[{index}]", depth + 1) for index, item in enumerate(value)]
        return Items(tuple(item for item in read if item is not None), at)

    def text(self, value: str, at: str) -> Operand | None:
        if is_storable(value):
            return Value(value, at)
        self.fail(at, "bad_text", "A text has no NUL and no half of a surrogate pair.")
        return None

    def number(self, value: float | Decimal, at: str) -> Operand | None:
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        if isinstance(exact, Decimal) and not exact.is_finite():
            self.fail(at, "bad_number", "A number is finite.")
        elif not -_LARGEST < exact < _LARGEST:
            self.fail(at, "bad_number", "A number has at most 38 digits before the point.")
        elif isinstance(exact, Decimal) and Decimal(repr(float(exact))) != exact:
            self.fail(at, "bad_number", "A number has no more digits than JSON keeps (15 are safe).")
        else:
            return Value(exact, at)
        return None

    def named_operand(self, value: dict[str, object], at: str, depth: int) -> Operand | None:
        if not self.is_object(value, at, depth + 1):
            return None
        name = next(iter(value))
        place = _join(at, name)
        self.only(value, (name,), at)
        if name == "field":
            return self.path(value[name], place)
        if name == "count":
            parts = self.elements(value[name], place, depth + 1)
            return parts and Count(*parts, at)
        if name in FUNCTIONS:
            return self.call(name, value[name], at, depth + 1)
        self.fail(place, "unknown_function", f"A function is one of count {' '.join(FUNCTIONS)}.")
        return None

    def call(self, name: str, value: object, at: str, depth: int) -> Operand | None:
        place = _join(at, name)
        if not isinstance(value, (list, tuple)):
            self.fail(place, "expected_list", f"{name} takes a list of arguments.")
            return None
        read = [self.operand(item, f"{place}[{index}]", depth) for index, item in enumerate(value)]
        if any(item is None for item in read):
            return None
        node = Call(name, tuple(item for item in read if item is not None), place)
        self.errors.extend(call_problems(node))
        return node

    def path(self, value: object, at: str) -> Field | None:
        steps = read_path(value) if isinstance(value, str) else None
        if steps is None:
            self.fail(at, "bad_path", f"A field is a path such as order.lines[0].price, up to {MAX_PATH} long.")
            return None
        return Field(steps, at)

    # Shapes

    def is_object(self, value: object, at: str, depth: int) -> TypeGuard[dict[str, object]]:
        if depth > self.limits.depth:
            self.fail(at, "too_deep", f"A condition nests at most {self.limits.depth} deep.")
        elif not isinstance(value, dict) or not value:
            self.fail(at, "expected_object", "Here stands an object that says something.")
        elif not all(isinstance(key, str) for key in value):
            self.fail(at, "wrong_type", "The keys of an object are text.")
        else:
            return True
        return False

    def too_deep(self, at: str, depth: int) -> bool:
        if depth <= self.limits.depth:
            return False
        self.fail(at, "too_deep", f"A condition nests at most {self.limits.depth} deep.")
        return True

    def only(self, value: dict[str, object], known: tuple[str, ...], at: str) -> None:
        for key in value:
            if key not in known:
                self.fail(_join(at, key[:50]), "unknown_key", f"Known here: {' '.join(known)}.")


def _join(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key
