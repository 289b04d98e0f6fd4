"""What one evaluation carries along: the record, the names that quantifiers bind, the time, the steps."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final

from apps.kernel.expressions.errors import EvaluationTooCostly
from apps.kernel.expressions.trace import Recorder

MAX_STEPS: Final = 100_000
_TEXT_PER_STEP: Final = 1024


class State:
    """The state of one evaluation; made anew for each, never shared."""

    __slots__ = ("limit", "names", "now", "record", "recorder", "steps", "zone")

    def __init__(self, record: object, now: datetime, limit: int, recorder: Recorder | None = None) -> None:
        if now.utcoffset() is None:
            raise ValueError("Conditions are evaluated at an aware time only.")
        self.record = record
        self.now = now
        self.zone: tzinfo = now.tzinfo or UTC
        self.limit = limit
        self.recorder = recorder
        self.names: dict[str | int, object] = {}
        self.steps = 0

    def spend(self, steps: int) -> None:
        """Count steps; EvaluationTooCostly above the limit."""
        self.steps += steps
        if self.steps > self.limit:
            raise EvaluationTooCostly(limit=self.limit)

    def spend_text(self, text: str) -> None:
        """Count a text that will be looked at as a whole, by its length."""
        self.spend(len(text) // _TEXT_PER_STEP)
