"""A day as it stands on the wall: where things stand among its hours, beside which others, and which times it skips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

QUARTER: Final = timedelta(minutes=15)
QUARTERS: Final = 96
SHORTEST: Final = 2  # what is shorter is drawn as half an hour, so that it can be read and grasped
MOST_LANES: Final = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a day: `start` and `length` are in quarters of an hour, `start` from midnight on the wall."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The quarter behind it."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a span stands beside those of the same time: in the lane `number`, from 0, of `of`."""

    number: int
    of: int


def is_there(wall: datetime, zone: tzinfo) -> bool:
    """Say whether the zone has the time of day on that day; `wall` is naive. Clocks that go forward skip some."""
    return on_the_wall(moment_of(wall, zone), zone) == wall


def moment_of(wall: datetime, zone: tzinfo) -> datetime:
    """The moment, in UTC, of a naive time on the zone's wall.

    One that is skipped is as much later as the clock jumps; of one that comes twice the first counts.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def on_the_wall(moment: datetime, zone: tzinfo) -> datetime:
    """What the zone's clocks show at the moment, without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def skipped(day: date, zone: tzinfo) -> list[int]:
    """Quarters of the day that its clocks skip."""
    midnight = datetime.combine(day, time())
    if midnight.replace(tzinfo=zone).utcoffset() == (midnight + timedelta(days=1)).replace(tzinfo=zone).utcoffset():
        return []
    return [number for number in range(QUARTERS) if not is_there(midnight + number * QUARTER, zone)]


def span_on(day: date, starts_at: datetime, ends_at: datetime, zone: tzinfo) -> Span:
    """The part of the day that something takes which touches it; what reaches beyond the day is cut."""
    midnight, begins = datetime.combine(day, time()), on_the_wall(starts_at, zone)
    ends = on_the_wall(ends_at, zone)
    if ends <= begins:  # the clocks went back meanwhile, or it has no length
        ends = begins + (ends_at - starts_at)
    first, last = (begins - midnight) // QUARTER, -((midnight - ends) // QUARTER)
    start = min(max(first, 0), QUARTERS - SHORTEST)
    return Span(start, max(min(last, QUARTERS) - start, SHORTEST))


def in_lanes(spans: Sequence[Span]) -> list[Lane]:
    """The lane of each span, in the order given: those of one time stand beside each other.

    With more than MOST_LANES at once some stand on top of others.
    """
    found: dict[int, Lane] = {}
    group: list[tuple[int, int]] = []  # places of spans that hang together, each with its lane
    ends: list[int] = []  # where each lane of the group is free again
    for place in sorted(range(len(spans)), key=lambda item: (spans[item].start, -spans[item].length, item)):
        span = spans[place]
        if ends and max(ends) <= span.start:
            found |= _closed(group, len(ends))
            group, ends = [], []
        free = next((lane for lane, end in enumerate(ends) if end <= span.start), len(ends))
        ends[free:] = [span.end, *ends[free + 1 :]]
        group.append((place, free))
    found |= _closed(group, len(ends))
    return [found[place] for place in range(len(spans))]


def _closed(group: Sequence[tuple[int, int]], lanes: int) -> dict[int, Lane]:
    of = min(lanes, MOST_LANES)
    return {place: Lane(lane % MOST_LANES, of) for place, lane in group}
