"""How a webhook with a limit takes its turns: one after the other, evenly, and nobody waits behind a later one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """`free_at`: when the next request may leave; `queue_at`: the next turn that nobody has been promised."""

    free_at: datetime | None = None
    queue_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The pace from now on, and when the delivery's turn is: None for now."""

    pace: Pace
    at: datetime | None


def take_turn(pace: Pace, *, promised: datetime | None, per_minute: int, now: datetime) -> Turn:
    """Let a delivery go, or promise it a turn. `promised` is the turn that it was given before.

    A promise that is long past (no worker came) counts no more: otherwise all that waited would leave at once.
    """
    spacing = timedelta(minutes=1) / per_minute
    free = max(pace.free_at or now, now)
    if promised is not None and now - promised < spacing:
        if free > now:
            return Turn(pace, free)
    else:
        turn = max(pace.queue_at or now, free)
        if turn > now:
            return Turn(Pace(pace.free_at, turn + spacing), turn)
    return Turn(Pace(now + spacing, max(pace.queue_at or now, now + spacing)), None)
