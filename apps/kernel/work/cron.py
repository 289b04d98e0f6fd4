"""Cron expressions of five fields, read strictly and turned into instants across changes of the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from apps.kernel.errors import FieldError
from apps.kernel.work.errors import ScheduleInvalid

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_MONTH = dict.fromkeys(range(1, 13), 31) | dict.fromkeys((4, 6, 9, 11), 30) | {2: 29}
_ALL_HOURS = frozenset(range(24))
_NUMBER = re.compile(r"[0-9]{1,2}")
_SEARCHED = 366 * 41  # days: 29 February on one weekday may be forty years away


@dataclass(frozen=True, slots=True)
class Cron:
    """A read expression: allowed values of each field. Weekdays count from Sunday, 0.

    When both kinds of day are restricted, one of them suffices (`either_day`), as in every cron.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    @property
    def every_hour(self) -> bool:
        """Say whether it holds for every hour, so that it follows elapsed time."""
        return _ALL_HOURS.issubset(self.hours)

    def allows(self, day: date) -> bool:
        """Say whether it runs on this day."""
        if day.month not in self.months:
            return False
        by_date, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_date or by_weekday if self.either_day else by_date and by_weekday


def parse_cron(text: str) -> Cron:
    """Read `minute hour day month weekday`: numbers, English names, `*`, `a-b`, `/step`, lists.

    Raises ScheduleInvalid for anything else, and for a date that no year has.
    """
    fields = text.lower().split()
    if len(fields) != 5:
        raise _invalid("it needs five fields: minute, hour, day, month, weekday")
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    days, months = _values(fields[2], 1, 31), _values(fields[3], 1, 12, names=_MONTHS)
    weekdays = frozenset(item % 7 for item in _values(fields[4], 0, 7, names=_DAYS))
    either_day = fields[2][0] != "*" and fields[4][0] != "*"
    if not either_day and not any(min(days) <= _LONGEST_MONTH[month] for month in months):
        raise _invalid("no year has such a date")
    return Cron(tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays, either_day)


def _values(field: str, least: int, most: int, *, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for item in field.split(","):
        span, slash, step = item.partition("/")
        width = _number(step, 1, most) if slash else 1
        low, high = _span(span, least, most, names=names, open_ended=bool(slash))
        found.update(range(low, high + 1, width))
    return frozenset(found)


def _span(span: str, least: int, most: int, *, names: tuple[str, ...], open_ended: bool) -> tuple[int, int]:
    if span == "*":
        # Sunday is 0 and 7: counting both would put a step's rhythm out.
        return least, most - 1 if names is _DAYS else most
    low, dash, high = span.partition("-")
    first = _named(low, least, most, names=names)
    if not dash:
        return first, most if open_ended else first
    last = _named(high, least, most, names=names)
    if last < first:
        raise _invalid(f"{span} ends before it begins")
    return first, last


def _named(word: str, least: int, most: int, *, names: tuple[str, ...]) -> int:
    if word in names:
        return names.index(word) + least
    return _number(word, least, most)


def _number(word: str, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(word) or not least <= int(word) <= most:
        raise _invalid(f"{word[:20]!r} is not a number from {least} to {most}")
    return int(word)


def _invalid(why: str) -> ScheduleInvalid:
    return ScheduleInvalid(errors=(FieldError("cron", ScheduleInvalid.code, f"This is no cron expression: {why}."),))


def occurrences(cron: Cron, zone: tzinfo, *, after: datetime) -> Iterator[datetime]:
    """Instants (UTC) strictly after `after`, each later than the one before, as far as dates go."""
    last = after.astimezone(UTC)
    day = last.astimezone(zone).date() - timedelta(days=1)
    searched = 0
    while searched < _SEARCHED:
        searched += 1
        if cron.allows(day):
            for instant in _instants(cron, zone, day):
                if instant > last:
                    last, searched = instant, 0
                    yield instant
        if day == date.max:
            return
        day += timedelta(days=1)


def _instants(cron: Cron, zone: tzinfo, day: date) -> list[datetime]:
    found: set[datetime] = set()
    for hour in cron.hours:
        for minute in cron.minutes:
            found.update(_readings(datetime.combine(day, time(hour, minute)), zone, every_hour=cron.every_hour))
    return sorted(found)


def _readings(local: datetime, zone: tzinfo, *, every_hour: bool) -> Iterator[datetime]:
    """Instants at which the zone's clock shows `local`; for a skipped time, what stands in for it."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    instant = first.astimezone(UTC)
    exists = instant.astimezone(zone).replace(tzinfo=None) == local
    if exists or not every_hour:
        yield instant
    if exists and every_hour and first.utcoffset() != second.utcoffset():
        yield second.astimezone(UTC)
