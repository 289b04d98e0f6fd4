"""Formulas of price lists: an expression of the kernel over `price`, kept as JSON text.

`{"multiply": [{"field": "price"}, 0.9]}` is a tenth less than the price of the list that another one is derived from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from apps.kernel.expressions import InvalidExpression, parse
from apps.kernel.expressions.evaluator import read
from apps.kernel.expressions.nodes import Call, Comparison, Count, Field, Items, Operand
from apps.kernel.expressions.state import MAX_STEPS, State

PRICE: Final = "price"
TRIALS: Final = (Decimal(1), Decimal("19.99"), Decimal(100_000))
# A formula asks no clock: a price is the same whenever it is reckoned.
_NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCKS: Final = frozenset({"now", "today"})


class FormulaInvalid(ValueError):
    """A text that is no formula; its message says why, in English, as those of expressions are."""


def priced(formula: str, price: Decimal) -> Decimal | None:
    """What the formula makes of a price, unrounded; None where that is no number, as after a division by zero.

    Raises FormulaInvalid.
    """
    found = read(_operand(formula), State({PRICE: price}, _NO_TIME, MAX_STEPS))
    return Decimal(str(found)) if isinstance(found, (int, Decimal)) and not isinstance(found, bool) else None


def demand_formula(formula: str) -> None:
    """Check a formula before it is kept: it names nothing but `price`, and makes prices of prices.

    Below zero is refused only where nothing is above: five less is a formula, though not for what costs four. Raises
    FormulaInvalid.
    """
    for item in _parts(_operand(formula)):
        if isinstance(item, Field) and item.steps != (PRICE,):
            raise FormulaInvalid("A formula knows the field price and no other.")
        if (isinstance(item, Call) and item.function in _CLOCKS) or isinstance(item, Count):
            raise FormulaInvalid("A formula is made of numbers, the field price, and arithmetic.")
    found = [priced(formula, price) for price in TRIALS]
    if any(price is None for price in found):
        raise FormulaInvalid("It makes no number of some prices.")
    if all(price is not None and price < 0 for price in found):
        raise FormulaInvalid("It makes less than zero of every price.")


@lru_cache(maxsize=512)
def _operand(formula: str) -> Operand:
    try:
        given = json.loads(formula, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise FormulaInvalid("A formula is written as JSON.") from error
    if not isinstance(given, dict):
        raise FormulaInvalid("A formula is an object, such as a function of the field price.")
    try:
        # Expressions of the kernel are conditions; what a formula says is the left side of one.
        wrapped: Any = parse({"field": _path_or_call(given), "operator": ">=", "value": 0})
    except InvalidExpression as error:
        raise FormulaInvalid(" ".join(f"{item.field}: {item.message}" for item in error.errors)) from error
    if not isinstance(wrapped, Comparison):
        raise FormulaInvalid("A formula is made of numbers, the field price, and arithmetic.")
    return wrapped.left


def _path_or_call(given: dict[str, Any]) -> Any:
    """`{"field": "price"}` alone stands for the path."""
    return given["field"] if set(given) == {"field"} else given


def _parts(operand: Operand) -> Iterator[Operand]:
    yield operand
    inner: tuple[Operand, ...] = ()
    if isinstance(operand, Call):
        inner = operand.arguments
    elif isinstance(operand, Items):
        inner = operand.items
    for item in inner:
        yield from _parts(item)
