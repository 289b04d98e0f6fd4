"""Days with their hours: the week and the day of the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import time_format

from apps.customers.admin.calendar_form import DAY, Wish, worded
from apps.customers.admin.calendar_lines import Line, line_of
from apps.customers.calculations import Lane, Span, in_lanes, on_the_wall, skipped, span_on
from apps.customers.selectors import Entry
from apps.kernel import clock

A_DAY: Final = timedelta(days=1)
OPENS_AT: Final = 8  # the hour that is in sight at first, where nothing is planned earlier


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry among the hours of a day, where its style `place` puts it. `begins` says whether it does so that day.

    `start` and `length` are in quarters of an hour.
    """

    line: Line
    place: str
    start: int
    length: int
    begins: bool


@dataclass(frozen=True, slots=True)
class HoursOfDay:
    """One day. `whole` are entries of the day as a whole, `gaps` and `now` are styles of times that are skipped and of
    the present one; `new` is where something is added, without the time of day."""

    date: date
    label: str
    is_today: bool
    is_chosen: bool
    whole: list[Line]
    pieces: list[Piece]
    gaps: list[str]
    now: str
    new: str


@dataclass(frozen=True, slots=True)
class Head:
    """A day of the week by its name, with the way to it."""

    date: date
    label: str
    is_today: bool
    is_chosen: bool
    url: str


def hours_of(wish: Wish, entries: Mapping[date, list[Entry]], *, today: date, add: str) -> dict[str, Any]:
    """Variables of the page: the days of the week, and those that are shown with what stands among their hours."""
    columns = [_column(wish, day, entries.get(day, []), today=today, add=add) for day in wish.days]
    planned = [piece for column in columns for piece in column.pieces if piece.begins and piece.line.move]
    return {
        "heads": [_head(wish, day, today=today) for day in wish.week],
        "columns": columns,
        "hours": [(hour, time_format(time(hour), "TIME_FORMAT")) for hour in range(24)],
        "opens_at": min([OPENS_AT, *(piece.start // 4 for piece in planned)]),
    }


def _head(wish: Wish, day: date, *, today: date) -> Head:
    return Head(day, worded(day), day == today, day == wish.day, wish.at(day).address(view=DAY))


def _column(wish: Wish, day: date, entries: list[Entry], *, today: date, add: str) -> HoursOfDay:
    zone = timezone.get_current_timezone()
    timed = [item for item in entries if not _is_whole(item)]
    spans = [span_on(day, item.occurrence.starts_at, item.occurrence.ends_at, zone) for item in timed]
    is_today, back = day == today, wish.address()
    return HoursOfDay(
        date=day,
        label=worded(day),
        is_today=is_today,
        is_chosen=day == wish.day,
        whole=[line_of(item, day, back=back) for item in entries if _is_whole(item)],
        pieces=[
            _piece(line_of(item, day, back=back), span, lane, begins=_local(item).date() == day)
            for item, span, lane in zip(timed, spans, in_lanes(spans), strict=True)
        ],
        gaps=[_at(quarter) for quarter in skipped(day, zone)],
        now=_at(_quarter_of(clock.now(), zone)) if is_today else "",
        new=f"{add}?scheduled_at={day.isoformat()}T" if add else "",
    )


def _is_whole(entry: Entry) -> bool:
    """Say whether it is of days rather than of hours."""
    return entry.occurrence.is_all_day or entry.occurrence.ends_at - entry.occurrence.starts_at >= A_DAY


def _piece(line: Line, span: Span, lane: Lane, *, begins: bool) -> Piece:
    hours, quarters = divmod(span.length, 4)
    place = f"{_at(span.start)} ci-lh{hours} ci-lm{quarters} ci-lane{lane.number} ci-of{lane.of}"
    return Piece(line, place, span.start, span.length, begins)


def _at(quarter: int) -> str:
    return f"ci-h{quarter // 4} ci-m{quarter % 4}"


def _quarter_of(moment: datetime, zone: tzinfo) -> int:
    wall = on_the_wall(moment, zone)
    return wall.hour * 4 + wall.minute // 15


def _local(entry: Entry) -> datetime:
    return timezone.localtime(entry.occurrence.starts_at)
