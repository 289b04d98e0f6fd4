"""Widgets as their cards show them: every number as a text in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from apps.dashboards.calculations.changes import percent_change
from apps.dashboards.selectors.running import Shown
from apps.kernel.admin.numbers import shortened
from apps.kernel.extensions.dashboards import Cell, ChartData, ListData, Number, NumberData, TableData, Text
from apps.kernel.money import currency_places, is_known_currency

NOTHING = "—"
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Card:
    """One widget on the page. `body` depends on the kind; `again` is where it alone can be asked for."""

    id: str
    title: str
    icon: str
    width: str
    state: str
    kind: str
    link: str
    refresh: int
    again: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class NumberBody:
    """A number with what it is compared with: `sign` is `up`, `down`, `same` or ""."""

    value: str
    unit: str
    detail: str
    tone: str
    sign: str
    change: str
    more: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class ChartBody:
    """A table that a chart is drawn of: rows of a label, its link, and pairs of text and plain number."""

    drawing: str
    axis: str
    unit: str
    series: list[str]
    rows: list[tuple[str, str, list[tuple[str, str]]]]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell of a table."""

    text: str
    link: str
    is_number: bool


def card_of(shown: Shown, again: str) -> Card:
    """The card of a widget."""
    widget = shown.widget
    return Card(
        id=shown.item["id"],
        title=shown.title,
        icon=widget.icon if widget is not None else "extension_off",
        width=shown.item["width"],
        state=str(shown.state),
        kind=str(widget.kind) if widget is not None else "",
        link=shown.link,
        refresh=widget.refresh if widget is not None else 0,
        again=again,
        body=_body(shown),
    )


def _body(shown: Shown) -> Any:
    data = shown.data
    if isinstance(data, NumberData):
        return _number(data)
    if isinstance(data, ChartData):
        return _chart(data)
    if isinstance(data, TableData):
        rows = [[_cell(cell) for cell in row] for row in data.rows]
        numbers = [bool(rows) and rows[0][place].is_number for place in range(len(data.heads))]
        return {"heads": list(zip(map(str, data.heads), numbers, strict=True)), "rows": rows, "empty": data.empty}
    return data if isinstance(data, ListData) else shown.html


def _number(data: NumberData) -> NumberBody:
    change = sign = ""
    if data.value is not None and data.previous is not None:
        sign = "up" if data.value > data.previous else "down" if data.value < data.previous else "same"
        change = _change_words(data.value, data.previous, data.unit)
    return NumberBody(
        value=number_text(data.value, data.unit),
        unit=str(data.unit),
        detail=str(data.detail),
        tone=data.tone,
        sign=sign,
        change=change,
        more=[(str(name), number_text(value, unit), str(unit)) for name, value, unit in data.more],
    )


def _change_words(value: Number, previous: Number, unit: Text) -> str:
    share, former = percent_change(value, previous), number_text(previous, unit)
    if value == previous:
        return _("as before")
    if share is None:
        return _("before: %(previous)s") % {"previous": former}
    text = number_text(abs(share))
    words = _("%(percent)s %% more than before (%(previous)s)")
    if value < previous:
        words = _("%(percent)s %% less than before (%(previous)s)")
    return words % {"percent": text, "previous": former}


def _chart(data: ChartData) -> ChartBody:
    links, unit = list(data.links) or [""] * len(data.labels), data.unit
    rows = [
        (str(label), link, [(number_text(line.values[at], unit), plain(line.values[at])) for line in data.series])
        for at, (label, link) in enumerate(zip(data.labels, links, strict=True))
    ]
    return ChartBody(
        drawing=str(data.drawing),
        axis=str(data.axis),
        unit=str(data.unit),
        series=[str(line.name) for line in data.series],
        rows=rows,
        is_empty=not any(value for line in data.series for value in line.values),
    )


def _cell(cell: Cell) -> CellText:
    value = cell.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return CellText(number_text(value), cell.link, True)
    return CellText(_moment(value) if isinstance(value, date) else str(value or NOTHING), cell.link, False)


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return str(formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"))
    return str(formats.date_format(value, "SHORT_DATE_FORMAT"))


def number_text(value: Number | None, unit: Text = "") -> str:
    """The number in the reader's language, with four places at most; of money none, or as many as the currency has."""
    if value is None:
        return NOTHING
    if isinstance(value, Decimal):
        is_money = is_known_currency(str(unit))
        value = round(value, currency_places(str(unit)) if is_money else MOST_PLACES)
        is_whole = value == value.to_integral_value()
        value = value if is_money and not is_whole else shortened(value)
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


def plain(value: Number | None) -> str:
    """The number as a script reads it, "" for none."""
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)
