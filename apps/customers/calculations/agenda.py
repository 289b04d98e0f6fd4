"""When things take place: what is planned once and the ones of series, in a stretch of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.customers.calculations.recurrence import RuleRefused, parse_rule, starts

PLANNED, MOVED = "planned", "moved"
UNIVERSAL: Final = ZoneInfo("UTC")
DAY: Final = timedelta(days=1)
USUAL: Final = timedelta(minutes=30)
MOST_OF_SERIES: Final = 100
EARLIEST, LATEST = 1900, 2199  # years that calendars reach: beyond them neither zones nor stretches can be worked out


@dataclass(frozen=True, slots=True)
class Change:
    """One of a series goes another way: it begins at `starts_at`, and is `moved`, `done` or `cancelled`."""

    starts_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Series:
    """What is planned, once or again and again. `status` is that of the whole, `recurrence` "" for what is once."""

    id: UUID
    first: datetime
    length: timedelta
    is_all_day: bool
    status: str
    recurrence: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something takes place. `original_at` is when the rule has it, None for what is no series.

    What lasts all day is of days of its `zone`, wherever the reader is.
    """

    id: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    original_at: datetime | None = None
    is_all_day: bool = False
    zone: ZoneInfo = UNIVERSAL

    @property
    def is_moved(self) -> bool:
        """Say whether it is one of a series that takes place at another time than the rule has it."""
        return self.original_at is not None and self.original_at != self.starts_at

    def begins_in(self, zone: tzinfo) -> datetime:
        """When it begins for a reader in the zone; what lasts all day begins with its own day."""
        return self.starts_at.astimezone(self.zone if self.is_all_day else zone)


def is_reached(moment: datetime) -> bool:
    """Say whether calendars reach the moment."""
    return EARLIEST <= moment.year <= LATEST


def end_of(series: Series, begins: datetime) -> datetime:
    """When one that begins then is over. What lasts the whole day goes on to a midnight, be the day longer or shorter
    than others."""
    if not series.is_all_day:
        return begins + series.length
    wall = begins.astimezone(series.zone).replace(tzinfo=None) + max(series.length, DAY)
    return wall.replace(tzinfo=series.zone).astimezone(UTC)


def expand(
    series: Series, changes: Mapping[datetime, Change], *, since: datetime, until: datetime, most: int = MOST_OF_SERIES
) -> list[Occurrence]:
    """What of it touches the time from `since` to before `until`, by time, the first `most` of them.

    `changes` are those of the series by the moment that the rule has.
    """
    moved = {original: change for original, change in changes.items() if change.starts_at != original}
    # Those that were moved may come from anywhere in the series, also from behind the first hundred of its rule.
    elsewhere = (_one(series, original, change) for original, change in moved.items())
    early = since - max(series.length, DAY) - DAY
    by_rule = (
        _one(series, original, changes.get(original))
        for original in _originals(series, early, until)
        if original not in moved
    )
    touching = islice((item for item in by_rule if touches(item, since, until)), most)
    found = [*touching, *(item for item in elsewhere if touches(item, since, until))]
    return sorted(found, key=lambda item: item.starts_at)[:most]


def _originals(series: Series, since: datetime, until: datetime) -> Iterator[datetime]:
    if not series.recurrence:
        yield series.first
        return
    try:
        rule = parse_rule(series.recurrence)
    except RuleRefused:  # checked when it was written; a rule of a later release is not followed
        return
    yield from starts(rule, series.first, series.zone, since=since, until=until)


def _one(series: Series, original: datetime, change: Change | None) -> Occurrence:
    begins = change.starts_at if change is not None else original
    status = series.status
    if change is not None and change.state != MOVED and status == PLANNED:
        status = change.state
    at = original if series.recurrence else None
    return Occurrence(series.id, begins, end_of(series, begins), status, at, series.is_all_day, series.zone)


def touches(item: Occurrence, since: datetime, until: datetime) -> bool:
    """Say whether it takes place, also in part, from `since` to before `until`."""
    return item.starts_at < until and (item.ends_at > since or item.starts_at >= since)


def overlaps(item: Occurrence, start: datetime, end: datetime) -> bool:
    """Say whether it is in the way of something else; what has no length counts half an hour."""
    ends = item.ends_at if item.ends_at > item.starts_at else item.starts_at + USUAL
    return item.starts_at < end and ends > start


class Stretch(StrEnum):
    """How near something is."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    UNDATED = "undated"


def stretch_of(item: Occurrence | None, *, now: datetime, zone: ZoneInfo) -> Stretch:
    """Where it stands in a list of things to do; the week goes to Sunday. What lasts a day is overdue the day after."""
    if item is None:
        return Stretch.UNDATED
    day, today = item.begins_in(zone).date(), now.astimezone(zone).date()
    if day < today or (item.starts_at < now and not item.is_all_day):
        return Stretch.OVERDUE
    if day == today:
        return Stretch.TODAY
    return Stretch.WEEK if day <= today + timedelta(days=6 - today.weekday()) else Stretch.LATER
