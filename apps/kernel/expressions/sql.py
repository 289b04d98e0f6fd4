"""Turns a condition into a Django `Q` that finds exactly the rows for which `evaluate` says true.

Every comparison becomes true or false, never unknown: on a nullable column it also asks for NOT NULL, so that
`not` around it includes the empty rows, as it does in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce
from math import floor
from operator import and_, or_
from typing import Any, Final, Literal, NoReturn, TypeAlias
from uuid import UUID

from django.db.models import F, Q

from apps.kernel.expressions.errors import NotCompilable
from apps.kernel.expressions.evaluator import read
from apps.kernel.expressions.nodes import (
    Call,
    Comparison,
    Expression,
    Field,
    Group,
    Items,
    Not,
    Operand,
    Value,
)
from apps.kernel.expressions.operators import OPERATORS
from apps.kernel.expressions.paths import MISSING
from apps.kernel.expressions.state import MAX_STEPS, State
from apps.kernel.expressions.values import add_days, day_of, kind_of, read_moment

ColumnKind: TypeAlias = Literal["text", "integer", "number", "boolean", "date", "datetime", "uuid"]

NOTHING: Final = Q(pk__in=[])
EVERYTHING: Final = ~NOTHING

_LOOKUPS: Final = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_ORDERS: Final = frozenset({">", ">=", "<", "<="})
_HALF_OPEN: Final = {">": ">=", ">=": ">=", "<": "<", "<=": "<"}  # against the midnights around a day
_PARTS: Final = {"contains": "contains", "starts_with": "startswith", "ends_with": "endswith"}
_FAMILIES: Final[dict[ColumnKind, str]] = {"integer": "number"}


@dataclass(frozen=True, slots=True)
class Column:
    """A field conditions may name: its ORM look-up (`customer__name`), its kind, whether it may be null."""

    lookup: str
    kind: ColumnKind
    nullable: bool = True

    def q(self, lookup: str, value: object) -> Q:
        """Return the comparison, false instead of unknown for null."""
        return Q(**{f"{self.lookup}__{lookup}": value}) & self.present()

    def present(self) -> Q:
        return Q(**{f"{self.lookup}__isnull": False}) if self.nullable else Q()

    def absent(self) -> Q:
        return Q(**{f"{self.lookup}__isnull": True}) if self.nullable else NOTHING


def to_q(expression: Expression, fields: Mapping[str, Column], *, now: datetime) -> Q:
    """Compile a condition on the columns in `fields` (path in the condition → column).

    Raises NotCompilable, naming the path, for a field that is not given and for what has no equal in SQL:
    lists, patterns, functions of fields, the order of text (the database has a collation of its own).
    """
    return _Compiler(fields, now).condition(expression)


class _Compiler:
    def __init__(self, fields: Mapping[str, Column], now: datetime) -> None:
        self.fields = fields
        self.state = State({}, now, MAX_STEPS)
        self.zone = self.state.zone

    def condition(self, node: Expression) -> Q:
        if isinstance(node, Group):
            parts = [self.condition(condition) for condition in node.conditions]
            return reduce(and_ if node.word == "and" else or_, parts) if parts else EVERYTHING
        if isinstance(node, Not):
            return ~self.condition(node.condition)
        if isinstance(node, Comparison):
            opposite_of = OPERATORS[node.operator].opposite_of
            found = self.comparison(node, opposite_of or node.operator)
            return ~found if opposite_of else found
        return _refuse(node.at, "it looks into a list")

    def comparison(self, node: Comparison, operator: str) -> Q:
        column = self.column(node.left)
        if node.right is None:
            return _alone(column, operator)
        if operator in _PARTS:
            return self.part(column, _PARTS[operator], node.right)
        if operator in _ORDERS:
            return self.ordered(column, operator, node.right)
        rules = {"=": self.equals, "in": self.within, "between": self.between}
        if operator not in rules:
            return _refuse(node.at, "a pattern is matched in Python only")
        return rules[operator](column, node.right)

    def column(self, operand: Operand) -> Column:
        if not isinstance(operand, Field):
            return _refuse(operand.at, "the left side is not a field")
        return self.fields.get(str(operand)) or _refuse(operand.at, f"{operand} is no field of this list")

    # The right sides

    def constant(self, operand: Operand) -> object:
        if not _is_constant(operand):
            _refuse(operand.at, "it depends on a field")
        return read(operand, self.state)

    def equals(self, column: Column, right: Operand) -> Q:
        if isinstance(right, Field):
            other = self.column(right)
            both_absent = column.absent() & other.absent() if column.nullable and other.nullable else NOTHING
            return self.columns(column, "=", other, right.at) | both_absent
        value = self.constant(right)
        return column.absent() if value is None else self.compare(column, "=", value, right.at)

    def ordered(self, column: Column, sign: str, right: Operand) -> Q:
        if isinstance(right, Field):
            return self.columns(column, sign, self.column(right), right.at)
        return self.compare(column, sign, self.constant(right), right.at)

    def between(self, column: Column, right: Operand) -> Q:
        if not isinstance(right, Items):
            return _refuse(right.at, "the two bounds are not written out")
        low, high = right.items
        return self.ordered(column, ">=", low) & self.ordered(column, "<=", high)

    def within(self, column: Column, right: Operand) -> Q:
        if not isinstance(right, Items):
            return _refuse(right.at, "the list is not written out")
        parts: list[Q] = []
        plain: list[object] = []
        for item in right.items:
            value = self.constant(item)
            if value is None:
                parts.append(column.absent())
            elif column.kind == "datetime" or isinstance(value, Decimal):
                parts.append(self.compare(column, "=", value, item.at))
            elif (fitted := self.fit(column, value, item.at)) is not MISSING:
                plain.append(fitted)
        return reduce(or_, parts, column.q("in", plain) if plain else NOTHING)

    def part(self, column: Column, lookup: str, right: Operand) -> Q:
        if column.kind == "uuid":
            return _refuse(right.at, "an id is compared as a whole")
        if isinstance(right, Field):
            other = self.column(right)
            if (column.kind, other.kind) != ("text", "text"):
                return _refuse(right.at, "only text is part of text")
            return column.q(lookup, F(other.lookup)) & other.present()
        value = self.constant(right)
        return column.q(lookup, value) if column.kind == "text" and isinstance(value, str) else NOTHING

    # One column against one value or another column

    def columns(self, column: Column, sign: str, other: Column, at: str) -> Q:
        family = _FAMILIES.get(column.kind, column.kind)
        if family != _FAMILIES.get(other.kind, other.kind):
            return _refuse(at, f"a column of {column.kind} does not meet one of {other.kind}")
        _refuse_order(column, sign, at)
        return column.q(_LOOKUPS[sign], F(other.lookup)) & other.present()

    def compare(self, column: Column, sign: str, value: object, at: str) -> Q:
        _refuse_order(column, sign, at)
        fitted = self.fit(column, value, at)
        if fitted is MISSING:
            return NOTHING
        if column.kind == "integer" and isinstance(fitted, Decimal):
            return _against_fraction(column, sign, fitted)
        if column.kind == "datetime" and kind_of(fitted) == "date":
            return self.against_day(column, sign, fitted, at)
        return column.q(_LOOKUPS[sign], fitted)

    def fit(self, column: Column, value: object, at: str) -> object:
        """Return the value as the column holds it; MISSING when the two kinds never meet.

        A list is refused: the denial of "equal to a list" holds for every row, and nobody means that.
        """
        if isinstance(value, list | tuple):
            _refuse(at, "a column holds one value, not a list")
        kind = kind_of(value)
        if column.kind in ("date", "datetime"):
            return self.fit_moment(column, value)
        if column.kind == "text" and kind in ("date", "datetime"):
            _refuse(at, "the column holds text, not moments")
        if column.kind == "uuid":
            return _fit_uuid(value)
        return value if kind == _FAMILIES.get(column.kind, column.kind) else MISSING

    def fit_moment(self, column: Column, value: Any) -> object:
        moment = read_moment(value, self.zone) if isinstance(value, str) else value
        if not isinstance(moment, date):
            return MISSING
        return day_of(moment, self.zone) if column.kind == "date" else moment

    def against_day(self, column: Column, sign: str, day: Any, at: str) -> Q:
        """Compare moments with a day, as the day they fall on: the day is the span between two midnights."""
        next_day = add_days(day, 1)
        if next_day is None:
            return _refuse(at, "the day is the last of the calendar")
        start, end = (datetime.combine(each, time.min, self.zone) for each in (day, next_day))
        if sign == "=":
            return column.q("gte", start) & column.q("lt", end)
        return column.q(_LOOKUPS[_HALF_OPEN[sign]], start if sign in (">=", "<") else end)


def _alone(column: Column, operator: str) -> Q:
    if operator == "exists":
        return EVERYTHING
    return column.absent() | column.q("exact", "") if column.kind == "text" else column.absent()


def _against_fraction(column: Column, sign: str, value: Decimal) -> Q:
    """Compare whole numbers with a number that may have a fraction, which Django would cut off."""
    whole = floor(value)
    if whole == value:
        return column.q(_LOOKUPS[sign], whole)
    if sign == "=":
        return NOTHING
    return column.q("gt", whole) if sign in (">", ">=") else column.q("lte", whole)


def _fit_uuid(value: object) -> object:
    try:
        found = UUID(value) if isinstance(value, str) else None
    except ValueError:
        return MISSING
    return found if str(found) == value else MISSING


def _is_constant(operand: Operand) -> bool:
    if isinstance(operand, Call):
        return all(_is_constant(argument) for argument in operand.arguments)
    if isinstance(operand, Items):
        return all(_is_constant(item) for item in operand.items)
    return isinstance(operand, Value)


def _refuse_order(column: Column, sign: str, at: str) -> None:
    if sign != "=" and column.kind in ("text", "uuid", "boolean"):
        _refuse(at, f"the database has an order of its own for {column.kind}")


def _refuse(at: str, reason: str) -> NoReturn:
    raise NotCompilable(path=at or "The condition", reason=reason)
