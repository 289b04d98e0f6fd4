"""Whether an offer is yet to come, holds, or is over: a pure function."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


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
