"""A file as a stream of numbered rows, whatever its form; and what can be said of it before it is read."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count, islice
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from apps.kernel.imports.errors import FileRefused, FileTooLarge
from apps.kernel.imports.limits import MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from apps.kernel.imports.reading.cells import Cell, is_blank, text_of
from apps.kernel.imports.reading.encodings import ENCODINGS, guess_encoding
from apps.kernel.imports.reading.sheets import demand_sound, is_workbook, sheet_names, sheet_rows
from apps.kernel.imports.reading.tables import DELIMITERS, guess_delimiter, looks_like_a_header, table_rows

CSV, XLSX = "csv", "xlsx"
SAMPLES: Final = 20
LONGEST_NAME: Final = 200
OTHER_FORMS: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"Rar!",
    b"\x7fELF",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is read. Encoding and delimiter count for `csv`, the sheet for `xlsx`."""

    form: str = CSV
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    has_header: bool = True

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Layout:
        """The layout of stored values. Raises FileRefused for one that there is not."""
        found = cls(**values)
        if found.form == CSV and (found.encoding not in ENCODINGS or found.delimiter not in DELIMITERS):
            raise FileRefused(reason=_("this encoding or separator is not known."))
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` counts from 1 as a spreadsheet does, the header and blank rows included."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The start of a file: how it is read, which sheets it has, names of its columns, some rows.

    Each name stands once; `repeated` are those that several columns have in the file.
    """

    layout: Layout
    sheets: tuple[str, ...]
    names: tuple[str, ...]
    samples: tuple[Row, ...]
    repeated: tuple[str, ...] = ()


def guess_layout(file: BinaryIO) -> Layout:
    """How the file is probably meant. Raises FileRefused for one that is no table, FileTooLarge.

    A workbook is measured here: one that has not been through this must not be read.
    """
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise FileTooLarge(what=_("bytes"), most=MOST_BYTES)
    if is_workbook(file):
        demand_sound(file)
        sheets = sheet_names(file)
        if not sheets:
            raise FileRefused(reason=_("the workbook has no sheet."))
        layout = Layout(XLSX, sheet=sheets[0])
    else:
        _demand_text(file)
        encoding = guess_encoding(file)
        layout = Layout(CSV, encoding=encoding, delimiter=guess_delimiter(file, encoding))
    return replace(layout, has_header=_has_header(file, layout))


def _demand_text(file: BinaryIO) -> None:
    file.seek(0)
    start = file.read(1024)
    if not start.strip(b"\xef\xbb\xbf\xfe\xff\x00\r\n\t "):
        raise FileRefused(reason=_("it is empty."))
    if start.startswith(OTHER_FORMS):
        raise FileRefused(reason=_("it is neither a CSV file nor an XLSX workbook."))


def _has_header(file: BinaryIO, layout: Layout) -> bool:
    rows = [row.cells for row in islice(_filled(file, replace(layout, has_header=False)), SAMPLES)]
    return bool(rows) and looks_like_a_header(rows[0], rows[1:])


def look(file: BinaryIO, layout: Layout, *, samples: int = SAMPLES) -> Look:
    """The first rows, and names of the columns: those of the header, else their letters. Raises FileRefused."""
    sheets = sheet_names(file) if layout.form == XLSX else ()
    rows = _filled(file, layout)
    header = next(rows, None) if layout.has_header else None
    found = tuple(islice(rows, samples))
    if header is None and not found:
        raise FileRefused(reason=_("it is empty."))
    width = max(len(row.cells) for row in (*found, *([header] if header else ())))
    titles = [text_of(cell).strip()[:LONGEST_NAME] for cell in header.cells] if header else []
    titles += [""] * (width - len(titles))
    names = told_apart([title or letters(place) for place, title in enumerate(titles)])
    repeated = dict.fromkeys(title for title, name in zip(titles, names, strict=True) if title not in {"", name})
    return Look(layout, sheets, names, found, tuple(repeated))


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each once: a second `Phone` is `Phone (2)`, whatever its capitals."""
    taken, met = {name.casefold() for name in names}, set[str]()
    found = []
    for name in names:
        numbered = (f"{name[: LONGEST_NAME - 6]} ({number})" for number in count(2))
        free = (item for item in numbered if item.casefold() not in taken)
        found.append(next(free) if name.casefold() in met else name)
        met.add(name.casefold())
        taken.add(found[-1].casefold())
    return tuple(found)


def letters(place: int) -> str:
    """What a spreadsheet calls a column, from 0: A, B, … Z, AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def read_rows(file: BinaryIO, layout: Layout) -> Generator[Row, None, None]:
    """The rows below the header; blank ones are left out. Raises FileRefused, FileTooLarge while it goes."""
    rows = _filled(file, layout)
    if layout.has_header:
        next(rows, None)
    yield from rows


def _filled(file: BinaryIO, layout: Layout) -> Iterator[Row]:
    cells = found = 0
    for number, row in enumerate(_every(file, layout), start=1):
        kept = _cut(row)
        if not kept:
            continue
        found, cells = found + 1, cells + len(kept)
        if len(kept) > MOST_COLUMNS:
            raise FileTooLarge(what=_("columns"), most=MOST_COLUMNS)
        if found > MOST_ROWS + 1:
            raise FileTooLarge(what=_("rows"), most=MOST_ROWS)
        if cells > MOST_CELLS:
            raise FileTooLarge(what=_("cells"), most=MOST_CELLS)
        yield Row(number, kept)


def _every(file: BinaryIO, layout: Layout) -> Iterator[tuple[Cell, ...]]:
    if layout.form == XLSX:
        return sheet_rows(file, layout.sheet)
    return table_rows(file, encoding=layout.encoding, delimiter=layout.delimiter)


def _cut(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The row without the blanks at its end."""
    end = len(row)
    while end and is_blank(row[end - 1]):
        end -= 1
    return row[:end]
