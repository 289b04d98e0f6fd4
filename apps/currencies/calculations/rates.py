"""Which recorded rate answers a question, and what follows from it; on values alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeVar

from apps.currencies.contracts import MANUAL, Rate, RateKind, RateQuestion, RateStep
from apps.kernel.money import RATE_DIGITS, RATE_PLACES, Money, quantize, times

# Derived rates have 12 decimals. One below a tenth (a dong in dollars) has as many as are stored: its first ones are
# noughts.
DERIVED_PLACES = 12
SMALL, TOO_LARGE = Decimal("0.1"), Decimal(10) ** (RATE_DIGITS - RATE_PLACES)
PRECISE = Context(prec=60, rounding=ROUND_HALF_UP)
# A bank that buys one currency for another sells the other one.
OPPOSITE: dict[RateKind, RateKind] = {"mid": "mid", "buy": "sell", "sell": "buy"}
Pair = tuple[str, str, RateKind]
Code = TypeVar("Code", str, str | None)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A rate as somebody recorded it: one unit of `from_code` in `to_code`."""

    from_code: str
    to_code: str
    kind: RateKind
    effective_on: date
    source: str
    rate: Decimal


def legs_of(from_code: Code, to_code: Code, kind: RateKind) -> tuple[tuple[Code, Code, RateKind], ...]:
    """The two pairs whose rates answer for one: itself, and the opposite one."""
    return (from_code, to_code, kind), (to_code, from_code, OPPOSITE[kind])


@dataclass(slots=True)
class RateTable:
    """Recorded rates, arranged for questions.

    The latest rate of the asked day or of the `days` before it counts. Of several sources on one day the first
    one of `sources` does; where those are not named (None), what people entered, and then the alphabet.
    """

    recorded: Iterable[Recorded]
    days: int
    sources: Sequence[str] | None = None
    _by_pair: dict[Pair, list[Recorded]] = field(init=False)
    _days_of: dict[Pair, list[date]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort each pair's rates so that the last one up to a day is the one that counts."""
        by_pair: dict[Pair, list[Recorded]] = defaultdict(list)
        for item in self.recorded:
            if self.sources is None or item.source in self.sources:
                by_pair[item.from_code, item.to_code, item.kind].append(item)
        for items in by_pair.values():
            items.sort(key=self._preference, reverse=True)
            items.sort(key=lambda item: item.effective_on)
        self._by_pair = dict(by_pair)
        self._days_of = {pair: [item.effective_on for item in items] for pair, items in by_pair.items()}

    def _preference(self, item: Recorded) -> tuple[int, str]:
        if self.sources is None:
            return int(item.source != MANUAL), item.source
        return self.sources.index(item.source), item.source

    def answer(self, question: RateQuestion, *, base: str | None = None) -> Rate | None:
        """The rate of the pair, else the opposite one, else the way through the base; None when there is none."""
        if question.from_code == question.to_code:
            return Rate(Decimal(1), question.on, "", ())
        from_code, to_code, kind = question.from_code, question.to_code, question.kind
        if (step := self._step((from_code, to_code, kind), question.on)) is not None:
            return _rate_of((step,))
        if base is None or base in {from_code, to_code}:
            return None
        to_base = self._step((from_code, base, kind), question.on)
        from_base = to_base and self._step((base, to_code, kind), question.on)
        return _rate_of((to_base, from_base)) if to_base and from_base else None

    def _step(self, pair: Pair, on: date) -> RateStep | None:
        own, opposite = legs_of(*pair)
        if (found := self._latest(own, on)) is not None:
            return RateStep(*pair[:2], found.rate, found.effective_on, found.source, is_inverse=False)
        if (found := self._latest(opposite, on)) is None:
            return None
        if (inverse := _derived(PRECISE.divide(Decimal(1), found.rate))) is None:
            return None
        return RateStep(*pair[:2], inverse, found.effective_on, found.source, is_inverse=True)

    def _latest(self, pair: Pair, on: date) -> Recorded | None:
        place = bisect_right(self._days_of.get(pair, ()), on)
        found = self._by_pair[pair][place - 1] if place else None
        return None if found is None or (on - found.effective_on).days > self.days else found


def _rate_of(path: tuple[RateStep, ...]) -> Rate | None:
    first, last = path[0], path[-1]
    if first is last:
        return Rate(first.rate, first.effective_on, first.source, path)
    rate = _derived(PRECISE.multiply(first.rate, last.rate))
    source = first.source if first.source == last.source else f"{first.source} + {last.source}"
    return None if rate is None else Rate(rate, min(first.effective_on, last.effective_on), source, path)


def _derived(rate: Decimal) -> Decimal | None:
    """The rate as it can be stored; None for one that is too small or too large for that."""
    if rate >= TOO_LARGE:
        return None
    return quantize(rate, RATE_PLACES if rate < SMALL else DERIVED_PLACES) or None


def converted(amount: Money, to_code: str, rate: Decimal) -> Money:
    """The amount in another currency: multiplied exactly, then rounded once, half-up, to 4 places."""
    return Money(times(amount.amount, rate), to_code)


def unrounded(amount: Decimal, rate: Decimal) -> Decimal:
    """The amount in another currency before it is rounded, exact."""
    return PRECISE.multiply(amount, rate)


def realized_gain_loss(foreign: Decimal, invoice_rate: Decimal, payment_rate: Decimal) -> Decimal:
    """What a payment of a foreign amount is worth more, in base currency, than it was on the invoice."""
    return times(foreign, payment_rate - invoice_rate)
