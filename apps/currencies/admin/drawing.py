"""Lines of rates as a chart, a summary and a table show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from apps.currencies.admin.wording import plain_text, rate_text
from apps.currencies.contracts import Rate, RateStep
from apps.currencies.models import Kind
from apps.currencies.selectors import Line, Series, SeriesQuestion
from apps.kernel.money import round_half_up


@dataclass(frozen=True, slots=True)
class Summary:
    """One line in a few numbers. `way` says how its latest rate came about."""

    name: str
    latest: str
    latest_day: date
    lowest: str
    highest: str
    change: str
    way: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the page shows. `data` is for the script, `rows` for the table: a day and a text for each line."""

    title: str
    names: tuple[str, ...]
    summaries: tuple[Summary, ...]
    rows: tuple[tuple[date, tuple[str, ...]], ...]
    data: dict[str, Any]


def drawing_of(series: Series, question: SeriesQuestion) -> Drawing:
    """The lines, of which there is at least one."""
    lines = series.lines
    names = tuple(_name(line) for line in lines)
    days = sorted({day for line in lines for day in line.rates})
    title = _("What 1 %(from)s cost in %(to)s") % {"from": question.from_code, "to": question.to_code}
    rows = tuple((day, tuple(_cell(line, day) for line in lines)) for day in reversed(days))
    return Drawing(title, names, tuple(map(_summary, lines, names)), rows, _data(title, days, lines))


def _name(line: Line) -> str:
    kind = str(Kind(line.kind).label)
    return f"{kind} · {line.source}" if line.source else kind


def _cell(line: Line, day: date) -> str:
    return rate_text(line.rates[day].rate) if day in line.rates else "—"


def _data(title: str, days: Sequence[date], lines: Sequence[Line]) -> dict[str, Any]:
    """For the script: rates are texts, exact ones for people and plain ones to be drawn; null where there is none."""
    return {
        "title": title,
        "days": [str(day) for day in days],
        "lines": [
            {
                "name": _name(line),
                "drawn": [plain_text(line.rates[day].rate) if day in line.rates else None for day in days],
                "shown": [_cell(line, day) for day in days],
            }
            for line in lines
        ],
    }


def _summary(line: Line, name: str) -> Summary:
    first, last = min(line.rates), max(line.rates)
    rates = [rate.rate for rate in line.rates.values()]
    return Summary(
        name,
        rate_text(line.rates[last].rate),
        last,
        rate_text(min(rates)),
        rate_text(max(rates)),
        _change(line.rates[first].rate, line.rates[last].rate),
        way_of(line.rates[last]),
    )


def _change(first: Decimal, last: Decimal) -> str:
    """By how much the last rate differs from the first one, in percent."""
    percent = round_half_up((last - first) / first * 100, 2)
    text = number_format(abs(percent), use_l10n=True)
    sign = "" if not percent else "+" if percent > 0 else "\N{MINUS SIGN}"
    return f"{sign}{text}\N{NO-BREAK SPACE}%"


def way_of(rate: Rate) -> str:
    """How an answer came about, in a few words."""
    if len(rate.path) > 1:
        return _("through %(base)s") % {"base": rate.path[0].to_code}
    if rate.path and rate.path[0].is_inverse:
        return _("the other way round")
    return _("direct") if rate.path else _("the same currency")


def step_text(step: RateStep) -> str:
    """One recorded rate on the way, in a sentence."""
    values = {
        "from": step.from_code,
        "to": step.to_code,
        "rate": rate_text(step.rate),
        "day": date_format(step.effective_on),
        "source": step.source,
    }
    text = _("1 %(from)s = %(rate)s %(to)s on %(day)s (%(source)s)") % values
    if not step.is_inverse:
        return text
    return _("%(text)s; recorded as %(to)s/%(from)s, so it is 1 divided by that rate") % {**values, "text": text}
