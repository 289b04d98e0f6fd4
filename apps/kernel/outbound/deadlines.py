"""The time a whole call may take, name look-up, redirects and body together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from apps.kernel.outbound.errors import OutboundFailed, Reason

_ends_at: ContextVar[float] = ContextVar("outbound_ends_at")


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let everything inside end within `seconds`; an outer, earlier deadline stays in force."""
    ends_at = min(time.monotonic() + seconds, _ends_at.get(float("inf")))
    token = _ends_at.set(ends_at)
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float:
    """Return what is left, always more than zero; raises OutboundFailed (timeout) when nothing is."""
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise OutboundFailed(Reason.TIMEOUT)
    return left
