"""When a field of a form is shown: a rule about another field, decided alike in the browser and on the server."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

FALSY = frozenset({"", "false", "0"})


class Operator(StrEnum):
    """What a rule asks of the other field's value."""

    EQ = "eq"
    NEQ = "neq"
    IN = "in"
    NOT_IN = "notIn"
    TRUTHY = "truthy"
    FALSY = "falsy"


@dataclass(frozen=True, slots=True)
class VisibleWhen:
    """Show the field where another one (of the same module, or of the form itself) has a value.

    Values are compared as text: `true` and `false` for a switch, "" for nothing. `value` is a tuple for `in` and
    `notIn`, and is left out for `truthy` and `falsy`.
    """

    field: str
    operator: Operator | str = Operator.TRUTHY
    value: Any = ""

    def __post_init__(self) -> None:
        """Refuse an unknown operator, and a list where one value belongs."""
        wants_many = Operator(self.operator) in {Operator.IN, Operator.NOT_IN}
        if wants_many != isinstance(self.value, tuple):
            raise ValueError(f"{self.operator} and the value {self.value!r} do not go together")

    def holds(self, value: Any) -> bool:
        """Decide about the other field's value."""
        text, operator = worded(value), Operator(self.operator)
        if operator in {Operator.TRUTHY, Operator.FALSY}:
            return (text in FALSY) is (operator is Operator.FALSY)
        wanted = {worded(item) for item in self.value} if isinstance(self.value, tuple) else {worded(self.value)}
        return (text in wanted) is (operator in {Operator.EQ, Operator.IN})

    def for_browser(self, field: str) -> dict[str, Any]:
        """The rule as the script reads it; `field` is the name of the other input on the page."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return {"field": field, "operator": str(self.operator), "values": [worded(item) for item in values]}


def worded(value: Any) -> str:
    """A value as rules compare it: what the browser finds in the input."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
