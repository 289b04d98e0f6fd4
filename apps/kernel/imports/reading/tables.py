"""Rows of a file of separated values, one at a time."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from apps.kernel.imports.errors import FileRefused
from apps.kernel.imports.limits import MOST_LETTERS
from apps.kernel.imports.reading.cells import Cell, restored
from apps.kernel.imports.reading.encodings import opened

DELIMITERS: Final = (",", ";", "\t", "|")
LOOKED_AT: Final = 50  # rows that a guess is made from
LINES: Final = 64 * 1024  # letters that they are read from
ADDRESS: Final = re.compile(r"\S+@\S+\.\S+|\w+://\S+")
NUMBER: Final = re.compile(r"[-+]?[\d\s.,']*\d[\d\s.,']*%?")


def guess_delimiter(file: BinaryIO, encoding: str) -> str:
    """What cuts most rows into the same number of pieces; a comma where nothing cuts anything."""
    text = opened(file, encoding)
    try:
        start = text.read(LINES)
    finally:
        text.detach()
    return max(DELIMITERS, key=lambda item: _fitness(start, item))


def _fitness(start: str, delimiter: str) -> tuple[float, int]:
    """The share of rows with the commonest width, and that width; nothing for a file that stays in one piece."""
    rows = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    try:
        widths = Counter(len(row) for row in islice(rows, LOOKED_AT) if row)
    except csv.Error:
        return 0, 0
    if not widths:
        return 0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count / widths.total(), width) if width > 1 else (0, 0)


def table_rows(file: BinaryIO, *, encoding: str, delimiter: str) -> Iterator[tuple[Cell, ...]]:
    """Every row, blank ones too. Raises FileRefused where the quotes of the file never end."""
    csv.field_size_limit(max(csv.field_size_limit(), MOST_LETTERS))
    text = opened(file, encoding)
    rows = csv.reader(text, delimiter=delimiter)
    try:
        for row in rows:
            yield tuple(restored(item) or None for item in row)
    except csv.Error as error:
        reason = _("line {number} has a cell that is too long, or a quote that never ends.")
        raise FileRefused(reason=reason.format(number=rows.line_num)) from error
    finally:
        text.detach()


def looks_like_a_header(first: tuple[Cell, ...], following: Sequence[tuple[Cell, ...]]) -> bool:
    """Say whether the first row names the columns: texts that are no values. Some may be alike, as of two phones;
    values that are alike are found again in the rows below."""
    names = [item.strip() for item in first if isinstance(item, str) and item.strip()]
    if not names or len(names) < len([item for item in first if item is not None]):
        return False
    if any(NUMBER.fullmatch(name) or ADDRESS.fullmatch(name) for name in names):
        return False
    if following and first == following[0]:
        return False
    alike = {name for name, count in Counter(map(str.casefold, names)).items() if count > 1}
    places = [(place, word) for place, word in enumerate(map(_word, first)) if word in alike]
    return not any(place < len(row) and _word(row[place]) == word for place, word in places for row in following)


def _word(cell: Cell) -> str:
    return cell.strip().casefold() if isinstance(cell, str) else ""
