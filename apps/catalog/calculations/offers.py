"""Whether an offer is yet to come, holds, or is over, and how its prices compare: pure functions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from apps.catalog.calculations.amounts import EXACT, HUNDRED, with_tax

PERCENT_PLACES: Final = Decimal("0.01")


class OfferState(StrEnum):
    """Where an offer stands in time, whether it is switched on or not."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"


def state_at(at: datetime, starts_at: datetime | None, ends_at: datetime | None) -> OfferState:
    """The state at a moment; the end no longer belongs to the offer, None is no end on that side."""
    if ends_at is not None and ends_at <= at:
        return OfferState.OVER
    return OfferState.PLANNED if starts_at is not None and starts_at > at else OfferState.RUNNING


def on_side(amount: Decimal, *, includes_tax: bool, wanted: bool, rate: Decimal) -> Decimal:
    """An amount with tax where that is `wanted`, else without; the rate is in percent, the result to 4 places."""
    net, gross = with_tax(amount, rate, includes_tax=includes_tax)
    return gross if wanted else net


def difference(amount: Decimal, other: Decimal) -> Decimal | None:
    """How much dearer an amount is than another one, in percent to 2 places; None where the other one is nothing."""
    if not other:
        return None
    share = EXACT.divide(EXACT.multiply(amount - other, HUNDRED), other)
    return share.quantize(PERCENT_PLACES, context=EXACT)
