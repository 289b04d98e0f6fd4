"""Changes of many prices at once: what each amount becomes, and when. Values in, values out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from apps.catalog.calculations.amounts import EXACT, HUNDRED, rounded
from apps.catalog.calculations.periods import Period

TOO_LARGE: Final = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What becomes of an amount: `percent` more (less below zero), or `amount` more, then rounded.

    `round_to` is what the amount becomes a multiple of, and `ending` what stands above that multiple: with 1 and 0.99
    prices are 4.99 or 12.99, with 10 and 9.00 they are 19 or 149. An ending alone belongs to multiples of 1.
    """

    percent: Decimal | None = None
    amount: Decimal | None = None
    round_to: Decimal | None = None
    ending: Decimal | None = None


class PricePoint(NamedTuple):
    """A price that may change: its row, the amount and when it is valid."""

    id: UUID
    amount: Decimal
    valid: Period


class PlannedPrice(NamedTuple):
    """What becomes of a price: `new` in place of `old` in the period, and outside of it what it was."""

    id: UUID
    old: Decimal
    new: Decimal
    valid: Period

    @property
    def is_possible(self) -> bool:
        """Say whether it can be kept."""
        return 0 <= self.new < TOO_LARGE


def changed_amount(amount: Decimal, change: PriceChange) -> Decimal:
    """The amount after the change, to 4 places, half-up; below zero where too much is taken away."""
    found = amount
    if change.percent is not None:
        found = EXACT.divide(EXACT.multiply(amount, EXACT.add(HUNDRED, change.percent)), HUNDRED)
    if change.amount is not None:
        found = EXACT.add(found, change.amount)
    return rounded(_stepped(found, change))


def planned(
    points: Iterable[PricePoint], change: PriceChange, *, valid_from: datetime | None = None
) -> list[PlannedPrice]:
    """Every price that becomes another from `valid_from` on (None: as long as it is valid), in the given order.

    What is over by then, and what would cost the same, is left out.
    """
    since = Period(valid_from)
    found = []
    for point in points:
        period = point.valid.meeting(since)
        new = changed_amount(point.amount, change)
        if period.is_some and new != point.amount:
            found.append(PlannedPrice(point.id, point.amount, new, period))
    return found


def impossible(plan: Sequence[PlannedPrice]) -> list[PlannedPrice]:
    """Those that cannot be kept."""
    return [item for item in plan if not item.is_possible]


def seen_of(plan: Sequence[PlannedPrice]) -> str:
    """A digest of a plan, by which somebody says what they have seen of it: only that is carried out."""
    text = "\n".join(f"{item.id} {item.old} {item.new} {item.valid}" for item in plan)
    return hashlib.sha256(text.encode()).hexdigest()


def _stepped(amount: Decimal, change: PriceChange) -> Decimal:
    """The nearest amount that ends as it should, half-up; an amount of zero or more never falls below zero by it."""
    multiple = change.round_to or (Decimal(1) if change.ending is not None else None)
    if multiple is None:
        return amount
    ending = change.ending or Decimal(0)
    steps = EXACT.divide(EXACT.subtract(amount, ending), multiple).quantize(Decimal(1), context=EXACT)
    found = EXACT.add(EXACT.multiply(steps, multiple), ending)
    return EXACT.add(found, multiple) if found < 0 <= amount else found
