"""Periods of days in a time zone, and the stretches of time that figures are cut into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from django.db.models import DateField, Q
from django.db.models.functions import Trunc
from django.utils import formats
from django.utils.translation import gettext as _

Granularity = Literal["day", "week", "month", "quarter", "year"]
GRANULARITIES: Final[tuple[Granularity, ...]] = ("day", "week", "month", "quarter", "year")
MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}
# The longest periods, in days, that are cut into days, weeks and months unless somebody asks for it.
FEW: Final[tuple[tuple[Granularity, int], ...]] = (("day", 62), ("week", 370), ("month", 1_900))


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included, as they are in the time zone `zone` (the tenant's).

    `preset` is the name under which they were chosen (`this_month`), "" for days of the reader's own.
    """

    start: date
    end: date
    zone: ZoneInfo
    preset: str = ""

    @property
    def since(self) -> datetime:
        """The moment at which the first day begins, in UTC."""
        return datetime.combine(self.start, time.min, self.zone).astimezone(UTC)

    @property
    def until(self) -> datetime:
        """The moment at which the last day is over, in UTC."""
        return datetime.combine(self.end + timedelta(days=1), time.min, self.zone).astimezone(UTC)

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def granularity(self) -> Granularity:
        """The finest cut that leaves no more than a chart can show well."""
        return next((name for name, most in FEW if self.length <= most), "year")

    def during(self, name: str) -> Q:
        """The condition of rows whose moment, in the column, lies in the period."""
        return Q(**{f"{name}__gte": self.since, f"{name}__lt": self.until})

    def bucket(self, name: str, granularity: Granularity | None = None) -> Any:
        """The expression for the first day of the stretch that a row's moment, in the column, lies in."""
        return Trunc(name, granularity or self.granularity, output_field=DateField(), tzinfo=self.zone)

    def stretches(self, granularity: Granularity | None = None) -> list[date]:
        """First days of the stretches that it touches; the first one is whole even where the period begins in it."""
        cut = granularity or self.granularity
        found, at = [], start_of(self.start, cut)
        while at <= self.end:
            found.append(at)
            at = shifted(at, cut, 1)
        return found


def start_of(day: date, granularity: Granularity) -> date:
    """The first day of the stretch that the day lies in; weeks begin on Monday."""
    if granularity == "day":
        return day
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    months = MONTHS[granularity]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def shifted(day: date, granularity: Granularity, by: int) -> date:
    """The day so many stretches later (earlier where negative); a day that a month lacks becomes its last one."""
    if granularity in {"day", "week"}:
        return day + timedelta(days=by * (7 if granularity == "week" else 1))
    month = day.year * 12 + day.month - 1 + by * MONTHS[granularity]
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def stretch_words(day: date, granularity: Granularity) -> str:
    """A stretch of time, by its first day, in the reader's language."""
    if granularity == "year":
        return str(day.year)
    if granularity == "quarter":
        return _("Q%(number)s %(year)s") % {"number": (day.month + 2) // 3, "year": day.year}
    if granularity == "month":
        return str(formats.date_format(day, "YEAR_MONTH_FORMAT"))
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))
