"""When to try again and when a schedule runs next: pure functions of values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from apps.kernel.work.cron import occurrences, parse_cron


class Timed(Protocol):
    """What `next_times` needs of a schedule: one of `cron` and `interval_seconds`, the other empty or 0."""

    @property
    def cron(self) -> str:
        """Five fields, or ""."""
        ...

    @property
    def interval_seconds(self) -> int:
        """Seconds between runs, or 0."""
        ...

    @property
    def time_zone(self) -> str:
        """IANA name of the zone of the cron expression."""
        ...

    @property
    def created_at(self) -> datetime:
        """Intervals are counted from here."""
        ...


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays between attempts: `first`, then `factor` times the former, never above `longest`."""

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(hours=1)
    factor: float = 2.0
    jitter: float = 0.25


def retry_delay(backoff: Backoff, attempt: int, *, roll: float) -> timedelta:
    """The delay after the attempt with that number, from 1. `roll` in [0, 1) spreads it by ± `jitter`."""
    delay = backoff.first.total_seconds()
    longest = backoff.longest.total_seconds()
    for _ in range(attempt - 1):
        if delay >= longest:
            break
        delay *= backoff.factor
    spread = 1 + backoff.jitter * (2 * roll - 1)
    return timedelta(seconds=min(delay, longest) * spread)


def next_times(schedule: Timed, after: datetime, n: int = 5) -> list[datetime]:
    """The first `n` runs (UTC) that lie strictly after the aware time `after`; fewer only at the end of time.

    A cron time that the zone's clock skips runs as much later as the clock jumps; one that it shows twice runs at
    the first, unless the expression holds for every hour: then both count. Intervals are elapsed time.
    """
    return list(islice(_times(schedule, after), n))


def _times(schedule: Timed, after: datetime) -> Iterator[datetime]:
    if schedule.cron:
        return occurrences(parse_cron(schedule.cron), ZoneInfo(schedule.time_zone), after=after)
    return _intervals(schedule.created_at.astimezone(UTC), timedelta(seconds=schedule.interval_seconds), after)


def _intervals(anchor: datetime, step: timedelta, after: datetime) -> Iterator[datetime]:
    passed = max(0, (after - anchor) // step)
    at = anchor + passed * step
    while True:
        at += step
        if at > after:
            yield at
