"""Why something happens: the event that is being handled, so that what follows from it names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

DEEPEST = 16  # events that follow from one another; what goes deeper turns in a circle


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that is handled now and how many events lie before it."""

    event_id: UUID | None = None
    depth: int = -1


_cause: ContextVar[Cause | None] = ContextVar("agora_cause", default=None)


def current_cause() -> Cause:
    """The event being handled; none outside a subscriber."""
    return _cause.get() or Cause()


@contextmanager
def caused_by(event_id: UUID, depth: int) -> Iterator[None]:
    """Let events of the block name this one as their cause."""
    token = _cause.set(Cause(event_id, depth))
    try:
        yield
    finally:
        _cause.reset(token)
