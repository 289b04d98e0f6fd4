"""Key figures of deals: what is made of counts and sums, whoever has added them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from apps.kernel.extensions.periods import Period, shifted, start_of
from apps.kernel.money import round_half_up

NOTHING: Final = Decimal(0)
HUNDRED: Final = Decimal(100)
DAY: Final = Decimal(86_400)
MONTHS: Final = 6
SHARE_PLACES = DAY_PLACES = 1


@dataclass(frozen=True, slots=True)
class Closed:
    """Deals of one outcome in some days: how many, what they were worth in base currency, and how long they took.

    `valued` of them have a value in base currency, which `value` adds up; the others count as nothing. `seconds`
    adds up the time from being created to being closed.
    """

    count: int = 0
    value: Decimal = NOTHING
    valued: int = 0
    seconds: Decimal = NOTHING

    @property
    def average(self) -> Decimal | None:
        """The value of one of them, None where none has a value."""
        return round_half_up(self.value / self.valued) if self.valued else None

    @property
    def cycle_days(self) -> Decimal | None:
        """How many days one of them took from being created to being closed, None for none."""
        return round_half_up(self.seconds / self.count / DAY, DAY_PLACES) if self.count else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Open deals of a stage: how many, their value in base currency, and the part of it that is likely to come."""

    stage_id: UUID
    count: int = 0
    value: Decimal = NOTHING
    weighted: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Days:
    """What happened in some days: deals that were added, won and lost in them."""

    added: Closed = Closed()
    won: Closed = Closed()
    lost: Closed = Closed()

    @property
    def win_rate(self) -> Decimal | None:
        """Per cent of the closed deals that were won, None where none was closed."""
        return share(self.won.count, self.won.count + self.lost.count)


@dataclass(frozen=True, slots=True)
class Month:
    """Deals that were won and lost in the month that begins on `first`."""

    first: date
    days: Days


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part of the whole in per cent, None of nothing."""
    return round_half_up(HUNDRED * part / whole, SHARE_PLACES) if whole else None


def change(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """By how many per cent something has grown; None where there was nothing before, as nothing cannot grow."""
    if now is None or not before:
        return None
    return share(Decimal(now) - Decimal(before), abs(before))


def points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """By how many percentage points a rate has changed, None where there was none in one of the two."""
    return None if now is None or before is None else now - before


def weighted(value_by_percent: Decimal) -> Decimal:
    """What is likely to come, of the sum of values times their probability in per cent."""
    return round_half_up(value_by_percent / HUNDRED)


def whole(standings: Iterable[Standing]) -> tuple[int, Decimal, Decimal]:
    """Count, value and likely value of all stages."""
    rows = list(standings)
    return (
        sum(row.count for row in rows),
        sum((row.value for row in rows), NOTHING),
        sum((row.weighted for row in rows), NOTHING),
    )


def months_until(period: Period) -> list[date]:
    """First days of the six months of which the last one holds the period's last day."""
    last = start_of(period.end, "month")
    return [shifted(last, "month", by) for by in range(1 - MONTHS, 1)]
