"""The syntax tree of a condition: frozen, typed, made by `parse` and written back by `dump`.

`at` is the place in the JSON the node came from (`and[2].value`); it takes no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from apps.kernel.expressions.paths import Steps, path_text

Scalar: TypeAlias = bool | int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class Value:
    """A constant from the JSON; numbers with a fraction are Decimal."""

    value: Scalar
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A path into the record, or into the element of a list that a quantifier has named."""

    steps: Steps
    at: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return path_text(self.steps)


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out in the condition."""

    items: tuple[Operand, ...]
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `functions.FUNCTIONS` and its arguments."""

    function: str
    arguments: tuple[Operand, ...]
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Count:
    """How many elements of a list satisfy `where` (all of them without it)."""

    source: Field
    name: str
    where: Expression | None
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`; `right` is None for the operators that look at one side only."""

    left: Operand
    operator: str
    right: Operand | None
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """All (`and`) or at least one (`or`) of the conditions; an empty `and` is always true."""

    word: Literal["and", "or"]
    conditions: tuple[Expression, ...]
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: Expression
    at: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`where` holds for `any` or for `all` elements of the list; each element goes by `name`."""

    word: Literal["any", "all"]
    source: Field
    name: str
    where: Expression
    at: str = field(default="", compare=False, repr=False)


Operand: TypeAlias = Value | Field | Items | Call | Count
Expression: TypeAlias = Group | Not | Comparison | Quantified

ALWAYS: Expression = Group("and", ())
