"""What a widget has given, made fit to be drawn: read to its end, numbers are some, rows are as long as their heads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import singledispatch
from math import isfinite
from typing import Any

from django.utils.functional import Promise

from apps.kernel.extensions.dashboards import (
    Cell,
    ChartData,
    Data,
    Entry,
    ListData,
    NumberData,
    Series,
    TableData,
)


@singledispatch
def settled(data: Data) -> Data:
    """The same with every sequence as a tuple. Raises TypeError and ValueError for what no card can show."""
    return data


@settled.register
def _number_data(data: NumberData) -> NumberData:
    more = tuple((_text(name), _number(value), _text(unit)) for name, value, unit in data.more)
    _texts(data.unit, data.detail)
    return replace(data, value=_number(data.value), previous=_number(data.previous), more=more)


@settled.register
def _chart_data(data: ChartData) -> ChartData:
    labels, links = tuple(map(_text, data.labels)), tuple(map(_text, data.links))
    series = tuple(replace(_is(Series, line), values=tuple(map(_number, line.values))) for line in data.series)
    lengths = {len(labels), *(len(line.values) for line in series), *([len(links)] if links else [])}
    if len(lengths) > 1:
        raise ValueError("each label has one value in each series, and one link where there are links")
    _texts(data.axis, data.unit, *(line.name for line in series))
    return replace(data, labels=labels, series=series, links=links)


@settled.register
def _table_data(data: TableData) -> TableData:
    heads, rows = tuple(map(_text, data.heads)), tuple(tuple(map(_cell, row)) for row in data.rows)
    if any(len(row) != len(heads) for row in rows):
        raise ValueError("each row has one cell below each head")
    return replace(data, heads=heads, rows=rows, empty=_text(data.empty))


@settled.register
def _list_data(data: ListData) -> ListData:
    entries = tuple(_is(Entry, entry) for entry in data.entries)
    for entry in entries:
        _texts(entry.text, entry.note, entry.link, entry.icon)
    return replace(data, entries=entries, empty=_text(data.empty))


def _is(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} is wanted, not {type(value).__name__}")
    return value


def _cell(cell: Cell) -> Cell:
    value = _is(Cell, cell).value
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a moment names its time zone")
    if not isinstance(value, date | str | Promise):
        _number(value)
    _text(cell.link)
    return cell


def _number(value: Any) -> Any:
    if value is not None and not isfinite(value):
        raise ValueError(f"{value} is no number that can be shown")
    return value


def _texts(*values: Any) -> None:
    for value in values:
        _text(value)


def _text(value: Any) -> Any:
    if not isinstance(value, str | Promise):
        raise TypeError(f"a text is wanted, not {type(value).__name__}")
    return value
