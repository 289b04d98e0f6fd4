"""Key figures of deals: what is made of the sums of deals that have their currencies in common."""

from __future__ import annotations

from collections import Counter
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
PLACES: Final = 1  # of shares in per cent, and of days


@dataclass(frozen=True, slots=True)
class DealSum:
    """Deals that have both currencies in common, added up.

    `priced` of them have a value in `currency` ("": none has one), `amount` in all. `valued` of these have one in
    `base_currency` too, `value` in all; the others lack a rate. `by_percent` adds up that value times the
    probability in per cent, `seconds` the time from being created to being closed.
    """

    currency: str
    base_currency: str
    count: int = 0
    priced: int = 0
    amount: Decimal = NOTHING
    valued: int = 0
    value: Decimal = NOTHING
    by_percent: Decimal = NOTHING
    seconds: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Figures:
    """Some deals in one base currency: how many, what the `valued` ones of them are worth, and how long they took.

    `weighted` is the part of the value that is likely to come.
    """

    count: int = 0
    valued: int = 0
    value: Decimal = NOTHING
    weighted: Decimal = NOTHING
    seconds: Decimal = NOTHING

    @property
    def average(self) -> Decimal | None:
        """The value of one deal, None where none has a value."""
        return round_half_up(self.value / self.valued) if self.valued else None

    @property
    def cycle_days(self) -> Decimal | None:
        """How many days one deal took from being created to being closed, None for no deal."""
        return round_half_up(self.seconds / self.count / DAY, PLACES) if self.count else None


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of deals in some days: those that were added, won and lost in them."""

    added: Figures = Figures()
    won: Figures = Figures()
    lost: Figures = Figures()

    @property
    def win_rate(self) -> Decimal | None:
        """Per cent of the closed deals that were won, None where none was closed."""
        return share(self.won.count, self.won.count + self.lost.count)


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Open deals of a stage."""

    stage_id: UUID
    pipeline_id: UUID
    label: str
    probability: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What became of deals in the month that begins on `first`."""

    first: date
    happened: Happened


def base_of(sums: Iterable[DealSum], *, usual: str) -> str:
    """The base currency that most of the deals are valued in, the first in the alphabet of several; `usual` of none.

    Organizations may have different ones, and amounts of two currencies have no sum.
    """
    found = Counter[str]()
    for item in sums:
        found[item.base_currency] += item.valued
    return min(+found, key=lambda code: (-found[code], code), default=usual)


def figures_of(sums: Iterable[DealSum], base: str) -> Figures:
    """The deals in the base currency; those without a value in it count, and are worth nothing."""
    rows = list(sums)
    worth = [item for item in rows if item.base_currency == base]
    return Figures(
        count=sum(item.count for item in rows),
        valued=sum(item.valued for item in worth),
        value=sum((item.value for item in worth), NOTHING),
        weighted=round_half_up(sum((item.by_percent for item in worth), NOTHING) / HUNDRED),
        seconds=sum((item.seconds for item in rows), NOTHING),
    )


def unvalued_currencies(sums: Iterable[DealSum], base: str) -> list[str]:
    """Currencies of deals that have a value, but none in the base currency, in the order of the alphabet."""
    lacking = (item for item in sums if item.priced > (item.valued if item.base_currency == base else 0))
    return sorted({item.currency for item in lacking})


def totals_by_currency(sums: Iterable[DealSum]) -> dict[str, Decimal]:
    """What the deals are worth in their own currencies, by code."""
    found: dict[str, Decimal] = {}
    for item in sorted((item for item in sums if item.priced), key=lambda item: item.currency):
        found[item.currency] = found.get(item.currency, NOTHING) + item.amount
    return found


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part of the whole in per cent, None of nothing."""
    return round_half_up(HUNDRED * part / whole, PLACES) if whole else None


def change(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """By how many per cent something has grown; None where there was nothing before, as nothing cannot grow."""
    if now is None or not before:
        return None
    former = Decimal(before)
    return share(Decimal(now) - former, abs(former))


def points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """By how many percentage points a rate has changed, None where there was none at one of the two times."""
    return None if now is None or before is None else now - before


def months_until(period: Period) -> list[date]:
    """First days of the six months of which the last one holds the period's last day."""
    last = start_of(period.end, "month")
    return [shifted(last, "month", by) for by in range(1 - MONTHS, 1)]
