"""Jinja's immutable sandbox, narrowed: plain data only, no attributes, no calls, arithmetic on numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2.runtime import Context as Scope
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from apps.kernel.templating.budget import spend, spend_on
from apps.kernel.templating.filters import FILTERS, joined, shown

MAX_RANGE: Final = 10_000
_LARGEST_BITS: Final = 200
_LOOP: Final = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem")
)
_TESTS: Final = ("defined", "undefined", "none", "string", "number", "mapping", "odd", "even", "divisibleby")
_DIGITS: Final = Context(
    prec=50, Emax=99, Emin=-99, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow]
)
_DECIMAL: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": _DIGITS.add,
    "-": _DIGITS.subtract,
    "*": _DIGITS.multiply,
    "/": _DIGITS.divide,
    "//": _DIGITS.divide_int,
    "%": _DIGITS.remainder,
}


def limited_range(*bounds: int) -> range:
    """The `range` of documents: at most 10,000 numbers."""
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise ValueError(f"a range has at most {MAX_RANGE} numbers")
    return numbers


class DocumentEnvironment(ImmutableSandboxedEnvironment):
    """The environment that all documents share; it holds no state of a rendering."""

    intercepted_binops = frozenset(_DECIMAL)

    def __init__(self, *, html: bool) -> None:
        super().__init__(
            autoescape=html, undefined=StrictUndefined, finalize=shown, trim_blocks=True, lstrip_blocks=True,
            cache_size=0,
        )  # fmt: skip
        self.filters = dict(FILTERS)
        self.tests = {name: TESTS[name] for name in _TESTS}
        self.globals = {"range": limited_range}

    def is_safe_callable(self, obj: Any) -> bool:
        return obj is limited_range

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(argument, slice):
            spend_on(obj)
        by_position = isinstance(argument, (int, slice)) and isinstance(obj, (list, tuple, str))
        if isinstance(obj, dict) or by_position:
            try:
                return obj[argument]
            except (LookupError, TypeError):
                return self.undefined(obj=obj, name=argument)
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Scope, operator: str, left: Any, right: Any) -> Any:
        spend(1)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return joined([left, right])
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
            if isinstance(side, bool) or not isinstance(side, (int, float, Decimal)):
                raise TypeError(f"{operator} takes numbers")
        if isinstance(left, int) and isinstance(right, int) and operator != "/":
            return self._whole(operator, left, right)
        return _DECIMAL[operator](_exact(left), _exact(right))

    def _whole(self, operator: str, left: int, right: int) -> int:
        if max(left.bit_length(), right.bit_length()) > _LARGEST_BITS:
            raise ValueError("the numbers are too large")
        result: int = self.binop_table[operator](left, right)
        return result


def _exact(value: float | Decimal) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
