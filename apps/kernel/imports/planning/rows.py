"""Rows into lines: values by field, or what is wrong with them; and rows that say the same key twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.imports.planning.fields import ImportField, Unreadable, read_value
from apps.kernel.imports.planning.mapping import Assignment, ColumnMapping
from apps.kernel.imports.planning.orders import Fate, Key, Line, Outcome, Problem
from apps.kernel.imports.reading.cells import Cell, is_blank, text_of
from apps.kernel.imports.reading.sources import Row


class RowReader:
    """Reads the rows of one file by a mapping; `width` is the number of its columns."""

    def __init__(self, mapping: ColumnMapping, fields: Mapping[str, ImportField], *, width: int) -> None:
        self._pairs = [(item, fields[item.target]) for item in mapping.assignments]
        self._width = width

    def read(self, row: Row) -> Line | Outcome:
        """The row's values, or an error with everything that is wrong with it."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        if len(row.cells) > self._width:
            extra = text_of(row.cells[self._width])
            message = _("The row has more cells than there are columns.")
            problems.append(Problem("", "kernel.import.too_many_cells", message, extra))
        for item, field in self._pairs:
            cell = _cell(item, row.cells)
            try:
                value = read_value(field, _stepped(item, cell), item.style)
            except Unreadable as error:
                problems.append(Problem(item.target, error.code, str(error), text_of(cell)))
                continue
            if value is not None:
                values[item.target] = value
        if problems:
            return Outcome(row.number, Fate.ERROR, problems=tuple(problems))
        return Line(row.number, values)


def _cell(item: Assignment, cells: Sequence[Cell]) -> Cell:
    found = [cells[place] for place in item.sources if place < len(cells)]
    if len(item.sources) < 2:
        return found[0] if found else None
    return item.joiner.join(text_of(cell).strip() for cell in found if not is_blank(cell)) or None


def _stepped(item: Assignment, cell: Cell) -> Cell:
    for step in item.steps:
        cell = step.apply(cell)
    return cell


class Repeats:
    """Keys that rows of the file have said already. Holds eight bytes and a number for each, whatever the keys are."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(dict.fromkeys(keys))
        self._seen: dict[bytes, int] = {}

    def check(self, line: Line) -> Outcome | None:
        """None for a line that says something new; later ones of the same key are duplicates of the first."""
        digests = [(key, found) for key in self._keys if (found := _digest(key, line.values))]
        for key, found in digests:
            if found in self._seen:
                message = _("Row {number} has the same {fields}.")
                told = message.format(number=self._seen[found], fields=", ".join(key))
                value = ", ".join(plain_text(line.values[name]) for name in key)
                problem = Problem(key[0], "kernel.import.duplicate", told, value)
                return Outcome(line.number, Fate.DUPLICATE, problems=(problem,))
        self._seen.update((found, line.number) for _key, found in digests)
        return None

    def forget(self, line: Line) -> None:
        """Let later lines say what this one said, as nothing came of it."""
        for key in self._keys:
            found = _digest(key, line.values)
            if found is not None and self._seen.get(found) == line.number:
                del self._seen[found]


def _digest(key: Key, values: Mapping[str, Any]) -> bytes | None:
    """A digest of the key's values; None where the line does not have them all."""
    if any(name not in values for name in key):
        return None
    text = "\0".join((*key, *(plain_text(values[name]) for name in key)))
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()


def plain_text(value: Any) -> str:  # noqa: PLR0911 - one line for each kind of value
    """A value as people compare it: decimals without idle zeros, moments and days in figures."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        found = f"{value:f}"
        return found.rstrip("0").rstrip(".") if "." in found else found
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return " ".join(plain_text(item) for item in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(map(plain_text, value))
    return str(value)
