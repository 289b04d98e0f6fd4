"""Periods in which prices count: from a moment until before another, None where there is no end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Period(NamedTuple):
    """`[start, end)`; None is open on that side."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_some(self) -> bool:
        """Say whether there is a moment in it."""
        return self.start is None or self.end is None or self.start < self.end

    def meeting(self, other: Period) -> Period:
        """What both have in common; nothing (`is_some` is false) where they are apart."""
        return Period(_later(self.start, other.start), _earlier(self.end, other.end))

    def overlaps(self, other: Period) -> bool:
        """Say whether both have a moment in common."""
        return self.meeting(other).is_some

    def without(self, other: Period) -> Iterator[Period]:
        """What is left of it before and after the other one, which it overlaps."""
        for rest in (Period(self.start, other.start), Period(other.end, self.end)):
            if rest.is_some and (rest.start, rest.end) != (None, None):
                yield rest


class Quantities(NamedTuple):
    """Quantities from `least` to `most`, both included; None is no limit."""

    least: Decimal
    most: Decimal | None = None

    def overlaps(self, other: Quantities) -> bool:
        """Say whether both have a quantity in common."""
        return (self.most is None or other.least <= self.most) and (other.most is None or self.least <= other.most)


def _later(left: datetime | None, right: datetime | None) -> datetime | None:
    return right if left is None else left if right is None else max(left, right)


def _earlier(left: datetime | None, right: datetime | None) -> datetime | None:
    return right if left is None else left if right is None else min(left, right)
