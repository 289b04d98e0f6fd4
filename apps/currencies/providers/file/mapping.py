"""Rates in a table of somebody else's making: CSV or JSON, columns named by the configuration."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.currencies.contracts import Options, RateKind, RateQuote
from apps.currencies.errors import DocumentBroken
from apps.currencies.services.fetching.reading import (
    MOST_QUOTES,
    beginning,
    broken,
    code_from,
    day_from,
    json_from,
    quote_from,
    rate_from,
    shown,
)

Row = Mapping[str, Any]
KINDS: tuple[RateKind, ...] = ("mid", "buy", "sell")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d", "%Y/%m/%d")
MISSING = object()


def quotes_of(content: bytes, options: Options, start: date, end: date) -> list[RateQuote]:
    """Quotes of the days from `start` to `end`. Raises DocumentBroken, which names the row."""
    rows = _json_rows(content, options) if options["format"] == "json" else _csv_rows(content, options)
    found: list[RateQuote] = []
    for number, row in rows:
        if number > MOST_QUOTES:
            broken(_("It has more than {most} rows.").format(most=MOST_QUOTES))
        quote = _quote(row, options, number)
        if start <= quote.effective_on <= end:
            found.append(quote)
    return found


def _quote(row: Row, options: Options, number: int) -> RateQuote:
    comma = options.get("decimal") == "comma"
    try:
        pair = (code_from(_cell(row, "from", options)), code_from(_cell(row, "to", options)))
        rate = rate_from(_cell(row, "rate", options), unit=_cell(row, "unit", options, otherwise=1), comma=comma)
        day = day_from(_cell(row, "date", options), str(options.get("date_format") or ""))
        return quote_from(pair, rate, day, _kind(_cell(row, "kind", options, otherwise="mid")))
    except DocumentBroken as refusal:
        broken(_("Row {number}: {why}").format(number=number, why=refusal.context["why"]))


def _cell(row: Row, field: str, options: Options, *, otherwise: Any = MISSING) -> Any:
    """The row's value of one of our fields: from its column, else the one that the options give for every row."""
    column = (options.get("columns") or {}).get(field)
    if column is None:
        given = options.get(field)
        return otherwise if given is None else given
    value = _at(row, column)
    if value is MISSING or value is None:
        broken(_("The column “{name}” is missing.").format(name=shown(column)))
    return value


def _kind(value: object) -> RateKind:
    if value not in KINDS:
        broken(_("“{value}” is not one of {kinds}.").format(value=shown(value), kinds=", ".join(KINDS)))
    return value


def _csv_rows(content: bytes, options: Options) -> Iterator[tuple[int, Row]]:
    """Rows with their line's number; empty lines are read over, a line of another length is refused."""
    delimiter = DELIMITERS[str(options.get("delimiter") or "comma")]
    reader = csv.reader(io.StringIO(_decoded(content, options), newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _demand_columns(header, options, content)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                counts = {"number": reader.line_num, "found": len(cells), "wanted": len(header)}
                broken(_("Row {number}: it has {found} cells, not {wanted}.").format(**counts))
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error:
        broken(_("Row {number}: it is no proper CSV.").format(number=reader.line_num))


def _demand_columns(header: list[str], options: Options, content: bytes) -> None:
    for name in (options.get("columns") or {}).values():
        if header.count(name) != 1:
            told = {"name": shown(name), "count": header.count(name), "start": beginning(content)}
            broken(_("It has {count} columns “{name}”, not one. It begins with “{start}”.").format(**told))


def _json_rows(content: bytes, options: Options) -> Iterator[tuple[int, Row]]:
    records = json_from(content)
    path = str(options.get("records") or "")
    if path:
        records = _at(records, path)
    if not isinstance(records, list):
        broken(_("There is no list at “{path}”.").format(path=path or "."))
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            broken(_("Row {number}: it is no object.").format(number=number))
        yield number, record


def _at(value: Any, path: str) -> Any:
    """The value at a path of names with dots between them; a name with a dot in it goes before a path."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def _decoded(content: bytes, options: Options) -> str:
    encoding = str(options.get("encoding") or "utf-8-sig")
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError:
        broken(_("It is not written in {encoding}.").format(encoding=encoding))
