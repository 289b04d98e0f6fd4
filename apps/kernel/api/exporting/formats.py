"""Forms of an export, each written piece by piece: CSV, JSON and XLSX."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

import xlsxwriter
from django.utils.functional import Promise

from apps.kernel.api.renderers import ENCODER

Row = Sequence[Any]
CHUNK = 64 * 1024
ACTIVE = ("=", "+", "-", "@", "\t", "\n", "\r")
SHEET_ROWS = 1_048_575
CELL = 32_767
DIGITS = 15


class Writer(Protocol):
    """Turns rows into the bytes of a file. Memory does not grow with the rows."""

    def __call__(self, names: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
        """The pieces of the file."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A form of export. `most` is the largest number of rows that it can hold, None for any."""

    id: str
    media_type: str
    write: Writer
    most: int | None = None


def write_csv(names: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8; texts that a spreadsheet would run as a formula get an apostrophe in front."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if buffer.tell() > CHUNK:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _cell(value: Any) -> Any:
    """A value as a cell: numbers as they are, claims in words, times in UTC, everything else as harmless text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return value
    return harmless(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, str | Promise):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple):
        return ENCODER.encode(value).decode()
    return str(value)


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(ACTIVE) else text


def write_json(names: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON array of records."""
    pieces, size, lead = [b"["], 1, b"\n"
    for row in rows:
        piece = lead + ENCODER.encode(dict(zip(names, map(_exact, row), strict=True)))
        pieces.append(piece)
        size, lead = size + len(piece), b",\n"
        if size > CHUNK:
            yield b"".join(pieces)
            pieces, size = [], 0
    yield b"".join([*pieces, b"\n]\n"])


def _exact(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def write_xlsx(names: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """One sheet, written row by row to disk; texts stay texts, so that no formula runs. A cell holds 32,767 letters."""
    with tempfile.TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
            sheet = book.add_worksheet()
            _write_row(sheet, 0, names)
            for number, row in enumerate(rows, start=1):
                _write_row(sheet, number, row)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _write_row(sheet: Any, number: int, row: Row) -> None:
    for column, value in enumerate(row):
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and _is_exact(value):
            sheet.write_number(number, column, value)
        elif value is not None and value != "":
            text = _text(value) if not isinstance(value, bool) else str(_cell(value))
            sheet.write_string(number, column, text[:CELL])


def _is_exact(value: int | Decimal) -> bool:
    """Say whether a sheet's numbers, of 15 digits, can hold the value."""
    return len(Decimal(value).as_tuple().digits) <= DIGITS


FORMATS: Mapping[str, Format] = {
    item.id: item
    for item in (
        Format("csv", "text/csv; charset=utf-8", write_csv),
        Format("json", "application/json", write_json),
        Format(
            "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx, most=SHEET_ROWS
        ),
    )
}
