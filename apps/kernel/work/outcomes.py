"""What becomes of a claimed row of work."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a row."""

    DONE = "done"
    RETRIED = "retried"
    PARKED = "parked"
    LOST = "lost"
    RESTING = "resting"
