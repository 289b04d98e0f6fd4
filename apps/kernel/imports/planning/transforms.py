"""What is done with a cell before it is read: small steps as data, each with a form for storage."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError
from apps.kernel.expressions.patterns import PatternError
from apps.kernel.expressions.regex import matcher
from apps.kernel.imports.errors import OrderInvalid
from apps.kernel.imports.planning.fields import Unreadable
from apps.kernel.imports.reading.cells import Cell, is_blank, text_of

MOST_STEPS: Final = 20
MOST_ENTRIES: Final = 2_000


class Transform(Protocol):
    """One step."""

    do: ClassVar[str]

    def apply(self, cell: Cell) -> Cell:
        """What becomes of the cell. Raises Unreadable."""
        ...


@dataclass(frozen=True, slots=True)
class Trim:
    """Take away spaces and empty lines at both ends."""

    do: ClassVar[str] = "trim"

    def apply(self, cell: Cell) -> Cell:
        """The text without them."""
        return cell.strip() if isinstance(cell, str) else cell


@dataclass(frozen=True, slots=True)
class Case:
    """Write letters `upper`, `lower`, or with one large letter (`capital`)."""

    do: ClassVar[str] = "case"
    to: str = "lower"

    def __post_init__(self) -> None:
        """Refuse what is no way of writing."""
        if self.to not in {"upper", "lower", "capital"}:
            raise ValueError(self.to)

    def apply(self, cell: Cell) -> Cell:
        """The text in these letters."""
        text = text_of(cell)
        if self.to == "capital":
            return text[:1].upper() + text[1:] or None
        return (text.upper() if self.to == "upper" else text.lower()) or None


@dataclass(frozen=True, slots=True)
class Split:
    """Cut the text at a separator and keep one part: from 0, from the end below 0."""

    do: ClassVar[str] = "split"
    separator: str = " "
    part: int = 0

    def __post_init__(self) -> None:
        """Refuse a separator of nothing."""
        if not self.separator:
            raise ValueError(self.separator)

    def apply(self, cell: Cell) -> Cell:
        """The part; nothing where there is none."""
        parts = text_of(cell).split(self.separator)
        return parts[self.part].strip() or None if -len(parts) <= self.part < len(parts) else None


@dataclass(frozen=True, slots=True)
class Replace:
    """Put one text in the place of another."""

    do: ClassVar[str] = "replace"
    find: str = ""
    put: str = ""

    def apply(self, cell: Cell) -> Cell:
        """The text with the other in it."""
        return text_of(cell).replace(self.find, self.put) or None if self.find else cell


@dataclass(frozen=True, slots=True)
class Lookup:
    """Translate whole texts by a table; what is not in it is `keep`, `empty` or an `error`."""

    do: ClassVar[str] = "lookup"
    table: tuple[tuple[str, str], ...] = ()
    otherwise: str = "keep"

    def __post_init__(self) -> None:
        """Refuse a table that is too long."""
        if self.otherwise not in {"keep", "empty", "error"} or len(self.table) > MOST_ENTRIES:
            raise ValueError(self.otherwise)

    def apply(self, cell: Cell) -> Cell:
        """What the table says. Raises Unreadable."""
        text = text_of(cell).strip()
        for source, result in self.table:
            if source.casefold() == text.casefold():
                return result or None
        if self.otherwise == "error" and text:
            raise Unreadable("lookup", _("The table of values does not have this one."))
        return None if self.otherwise == "empty" else cell


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for every row, whatever the cell says."""

    do: ClassVar[str] = "constant"
    value: str = ""

    def apply(self, cell: Cell) -> Cell:
        """The value."""
        return self.value or None


@dataclass(frozen=True, slots=True)
class Default:
    """A value for blank cells."""

    do: ClassVar[str] = "default"
    value: str = ""

    def apply(self, cell: Cell) -> Cell:
        """The cell, or the value in its place."""
        return (self.value or None) if is_blank(cell) else cell


@dataclass(frozen=True, slots=True)
class Matching:
    """Let through what a pattern is found in (of the linear subset of kernel/expressions); else `empty` or `error`."""

    do: ClassVar[str] = "matching"
    pattern: str = ""
    otherwise: str = "error"

    def __post_init__(self) -> None:
        """Refuse a pattern that cannot be run in linear time."""
        if self.otherwise not in {"empty", "error"}:
            raise ValueError(self.otherwise)
        matcher(self.pattern)

    def apply(self, cell: Cell) -> Cell:
        """The cell. Raises Unreadable."""
        if is_blank(cell) or matcher(self.pattern)(text_of(cell)):
            return cell
        if self.otherwise == "error":
            raise Unreadable("pattern", _("This does not look as it should."))
        return None


TRANSFORMS: Final[Mapping[str, type[Any]]] = {
    item.do: item for item in (Trim, Case, Split, Replace, Lookup, Constant, Default, Matching)
}


def as_json(steps: Sequence[Transform]) -> list[dict[str, Any]]:
    """The steps for storage."""
    return [{"do": step.do, **_plain(step)} for step in steps]


def _plain(step: Any) -> dict[str, Any]:
    found = dataclasses.asdict(step)
    return {**found, "table": dict(found["table"])} if "table" in found else found


def from_json(values: Any, *, place: str = "steps") -> tuple[Transform, ...]:
    """The steps of stored or given values. Raises OrderInvalid with the step that makes no sense."""
    given = values if isinstance(values, list) and len(values) <= MOST_STEPS else [None]
    return tuple(_step(item, f"{place}.{number}") for number, item in enumerate(given))


def _step(value: Any, place: str) -> Transform:
    try:
        options = {key: item for key, item in value.items() if key != "do"}
        if "table" in options:
            options["table"] = tuple((str(key), str(item)) for key, item in options["table"].items())
        step: Transform = TRANSFORMS[value["do"]](**options)
        if not all(_fits(step, item) for item in dataclasses.fields(step)):  # type: ignore[arg-type]
            raise ValueError(place)
    except (AttributeError, KeyError, TypeError, ValueError, PatternError) as error:
        message = _("There is no such step, or it lacks something.")
        raise OrderInvalid(errors=(FieldError(place, "kernel.import.step", message),)) from error
    return step


def _fits(step: Any, item: Any) -> bool:
    value = getattr(step, item.name)
    return isinstance(value, {"part": int, "table": tuple}.get(item.name, str)) and not isinstance(value, bool)
