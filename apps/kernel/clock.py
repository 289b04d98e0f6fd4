"""The one clock of the platform: everything that asks for the time asks here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta


class FrozenClock:
    """A clock that moves only when it is told to; made by `frozen`."""

    __slots__ = ("at",)

    def __init__(self, at: datetime) -> None:
        self.at = _as_utc(at)

    def tick(self, by: timedelta | float = 1) -> datetime:
        """Move on by `by` (a number means seconds) and return the new time."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        self.at += step
        return self.at


_frozen: ContextVar[FrozenClock | None] = ContextVar("agora_frozen_clock", default=None)


def now() -> datetime:
    """Return the current time, aware and in UTC."""
    clock = _frozen.get()
    return datetime.now(UTC) if clock is None else clock.at


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """Hold the clock at `at` (aware) inside the block, for this thread or task only.

    A thread started inside the block begins with an empty context and so sees the real time.
    """
    clock = FrozenClock(at)
    token = _frozen.set(clock)
    try:
        yield clock
    finally:
        _frozen.reset(token)


def _as_utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("The clock takes aware times only.")
    return at.astimezone(UTC)
