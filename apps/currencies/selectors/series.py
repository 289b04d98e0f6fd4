"""Rates of a pair over time, as conversions would take them, for charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models

from apps.currencies.calculations import RateTable, Recorded, legs_of
from apps.currencies.contracts import Rate, RateKind, RateQuestion
from apps.currencies.models import ExchangeRate
from apps.kernel.bases.bitemporal import currently_known
from apps.kernel.bases.lateral import Wanted, for_each

COLUMNS = {"from_code": "text", "to_code": "text", "kind": "text"}
Leg = tuple[str, str, RateKind]


@dataclass(frozen=True, slots=True)
class SeriesQuestion:
    """What one unit of `from_code` cost in `to_code` from `start` to `end`, both included.

    There is a line for each of the kinds; with `sources` one for each of them, otherwise one of whichever counts.
    `base` is the currency that crosses lead through, "" for none.
    """

    from_code: str
    to_code: str
    start: date
    end: date
    kinds: tuple[RateKind, ...] = ("mid",)
    sources: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Rates of one kind by day; `source` is "" where whichever counts was taken."""

    kind: RateKind
    source: str
    rates: dict[date, Rate]


@dataclass(frozen=True, slots=True)
class Series:
    """The lines that have rates, and every source of the pair in these days."""

    lines: tuple[Line, ...]
    sources: tuple[str, ...]


def series_of(organization_id: UUID, question: SeriesQuestion) -> Series:
    """The organization's rates that count today, in one query.

    A day is on a line when a rate that answers for it is of that very day: nothing is filled in over weekends.
    """
    recorded = _recorded(organization_id, question)
    wanted = [(kind, source) for kind in question.kinds for source in question.sources or ("",)]
    lines = (Line(kind, source, _rates(question, kind, _table(recorded, source))) for kind, source in wanted)
    sources = sorted({item.source for item in recorded if item.effective_on >= question.start})
    return Series(tuple(line for line in lines if line.rates), tuple(sources))


def _table(recorded: Iterable[Recorded], source: str) -> RateTable:
    return RateTable(recorded, settings.CURRENCY_RATE_DAYS, [source] if source else None)


def _rates(question: SeriesQuestion, kind: RateKind, table: RateTable) -> dict[date, Rate]:
    found: dict[date, Rate] = {}
    for day in sorted({item.effective_on for item in table.recorded if item.effective_on >= question.start}):
        asked = RateQuestion(question.from_code, question.to_code, day, kind)
        rate = table.answer(asked, base=question.base or None)
        if rate is not None and any(step.effective_on == day for step in rate.path):
            found[day] = rate
    return found


def _recorded(organization_id: UUID, question: SeriesQuestion) -> Sequence[Recorded]:
    """Rates of the pair and of the ways through the base, those before the first day that still count included."""
    since = question.start - timedelta(days=settings.CURRENCY_RATE_DAYS)
    rows = ExchangeRate.objects.filter(
        organization_id=organization_id,
        from_code=Wanted("from_code", models.CharField()),
        to_code=Wanted("to_code", models.CharField()),
        kind=Wanted("kind", models.CharField()),
        effective_on__range=(since, question.end),
    )
    shown = currently_known(rows).values_list("from_code", "to_code", "kind", "effective_on", "source", "rate")
    return [Recorded(*values) for _place, *values in for_each(_legs(question), COLUMNS, shown)]


def _legs(question: SeriesQuestion) -> list[Leg]:
    pairs = [(question.from_code, question.to_code)]
    if question.base and question.base not in pairs[0]:
        pairs += [(question.from_code, question.base), (question.base, question.to_code)]
    legs = [leg for kind in question.kinds for pair in pairs for leg in legs_of(*pair, kind)]
    return list(dict.fromkeys(legs))
