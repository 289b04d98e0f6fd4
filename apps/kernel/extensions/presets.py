"""Periods that people choose: days from a preset or of their own, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.kernel.extensions.periods import GRANULARITIES, Granularity, Period, shifted, start_of

Days = tuple[date, date]

MOST_STRETCHES: Final = 100
MOST_DAYS: Final = 3_660
CUSTOM: Final = "custom"
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def _last(count: int) -> Callable[[date], Days]:
    return lambda today: (today - timedelta(days=count - 1), today)


def _this(granularity: Granularity) -> Callable[[date], Days]:
    return lambda today: (start_of(today, granularity), today)


def _former(granularity: Granularity) -> Callable[[date], Days]:
    def days(today: date) -> Days:
        start = start_of(today, granularity)
        return shifted(start, granularity, -1), start - timedelta(days=1)

    return days


PRESETS: Final[dict[str, Callable[[date], Days]]] = {
    "today": _last(1),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "last_7_days": _last(7),
    "last_30_days": _last(30),
    "last_90_days": _last(90),
    "this_week": _this("week"),
    "last_week": _former("week"),
    "this_month": _this("month"),
    "last_month": _former("month"),
    "this_quarter": _this("quarter"),
    "last_quarter": _former("quarter"),
    "this_year": _this("year"),
    "last_year": _former("year"),
}
# What a period that follows the calendar is a part of, or the whole of.
UNITS: Final[dict[str, Granularity]] = {
    f"{which}_{unit}": unit for which in ("this", "last") for unit in GRANULARITIES if unit != "day"
}


def period_of(preset: str, *, today: date, zone: ZoneInfo) -> Period:
    """The days of a preset, as of `today` in the zone. Raises KeyError for none."""
    start, end = PRESETS[preset](today)
    return Period(start, end, zone, preset)


def faults_of_days(start: date | None, end: date | None) -> dict[str, str]:
    """What is wrong with days of somebody's own, by field."""
    faults = {name: _("Say which day.") for name, day in (("start", start), ("end", end)) if day is None}
    if start is None or end is None:
        return faults
    if start > end:
        return {"start": _("The period begins after its end.")}
    if end - start >= timedelta(days=MOST_DAYS):
        return {"start": _("At most ten years are shown at once.")}
    if start < EARLIEST or end > LATEST:
        return {"start": _("These days are too far away.")}
    return {}


def is_too_fine(period: Period, granularity: Granularity) -> bool:
    """Say whether there would be more stretches than `MOST_STRETCHES`."""
    shortest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[granularity]
    return period.length > shortest * MOST_STRETCHES or len(period.stretches(granularity)) > MOST_STRETCHES


def before(period: Period) -> Period:
    """The period before: as much of the unit before where its preset follows the calendar, else as many days."""
    unit, eve = UNITS.get(period.preset), period.start - timedelta(days=1)
    if unit is None:
        return replace(period, start=period.start - timedelta(days=period.length), end=eve, preset="")
    start = shifted(period.start, unit, -1)
    is_whole = period.preset.startswith("last_")
    end = eve if is_whole else min(start + timedelta(days=period.length - 1), eve)
    return replace(period, start=start, end=end, preset="")


def year_before(period: Period) -> Period:
    """The same days of the year before; the 29th of February becomes the 28th."""
    return replace(period, start=shifted(period.start, "year", -1), end=shifted(period.end, "year", -1), preset="")
