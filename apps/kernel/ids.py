"""Row ids: UUID version 7 (RFC 9562), which sort by the time they were made."""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_TAIL_BITS: Final = 74  # 12 bits of rand_a and 62 of rand_b
_TAIL_LIMIT: Final = 1 << _TAIL_BITS

# One millisecond has 4096 ticks here: they fill the 12 bits after the version (RFC 9562, 6.2, method 3), so that
# the rows of a bulk statement keep their order. A single expression, because the planner inlines that.
UUID7_SQL: Final = """
CREATE OR REPLACE FUNCTION uuid7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
    SELECT (
        overlay(
            lpad(to_hex((extract(epoch FROM clock_timestamp()) * 4096000)::bigint), 15, '0')
            PLACING '7' FROM 13 FOR 0
        )
        || right(gen_random_uuid()::text, 17)
    )::uuid
$$
"""


class _Sequence:
    """Makes ids that never go back: a repeated or earlier millisecond continues the last id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = -1
        self._tail = 0

    def next(self, millisecond: int) -> UUID:
        with self._lock:
            if millisecond > self._millisecond:
                self._restart(millisecond)
            else:
                self._tail += 1 + secrets.randbits(32)
                if self._tail >= _TAIL_LIMIT:
                    self._restart(self._millisecond + 1)
            return _assemble(self._millisecond, self._tail)

    def _restart(self, millisecond: int) -> None:
        # The top bit stays free: room for 2**41 more ids before the millisecond has to be borrowed.
        self._millisecond, self._tail = millisecond, secrets.randbits(_TAIL_BITS - 1)


_sequence = _Sequence()


def uuid7(at: datetime | None = None) -> UUID:
    """Return a new id; without `at` greater than every id this process made before.

    `at` (aware, 1970 or later) is for rows that are older than their insertion: such an id carries that
    millisecond and is random below it. The wall clock is read directly: ids do not travel with a frozen one.
    """
    if at is None:
        return _sequence.next(time.time_ns() // 1_000_000)
    return _assemble(_milliseconds(at), secrets.randbits(_TAIL_BITS))


def uuid7_time(value: UUID) -> datetime:
    """Return the moment (UTC, whole milliseconds) inside a version 7 id; ValueError for any other id."""
    if value.version != 7:
        raise ValueError(f"{value} is not a version 7 UUID.")
    try:
        return _EPOCH + (value.int >> 80) * _MILLISECOND
    except OverflowError:
        raise ValueError(f"{value} lies behind the last representable date.") from None


def _milliseconds(at: datetime) -> int:
    if at.utcoffset() is None:
        raise ValueError("An id takes an aware time only.")
    milliseconds = (at - _EPOCH) // _MILLISECOND
    if milliseconds < 0:
        raise ValueError(f"{at} is before 1970.")
    return milliseconds


def _assemble(millisecond: int, tail: int) -> UUID:
    high, low = divmod(tail, 1 << 62)
    return UUID(int=(millisecond << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def _forget() -> None:
    """Start afresh in a forked child: it may share neither a held lock nor the parent's next ids."""
    global _sequence  # noqa: PLW0603  one sequence per process is the point
    _sequence = _Sequence()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def as_id(value: object) -> UUID | None:
    """The id that a value of a request, a form or a file is; None for anything else."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
