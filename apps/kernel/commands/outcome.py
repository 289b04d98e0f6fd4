"""What came of commands: ids of the actions of this request or task, and a signal for whoever counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.dispatch import Signal

# Sent after each outermost command with `command` (its id) and `outcome` (`done`, or the code of what stopped it).
command_ended = Signal()
# Sent after the commit with `said` (rows of the events that a receiver of this process hears), `scope` and `depth`.
events_committed = Signal()

_collected: ContextVar[list[UUID] | None] = ContextVar("agora_collected_actions", default=None)


@contextmanager
def collecting_actions() -> Iterator[list[UUID]]:
    """Collect the ids of the outermost actions that run in the block, oldest first."""
    collected: list[UUID] = []
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)


def remember_action(action_id: UUID) -> None:
    """Add an action to the collection, if one is open."""
    collected = _collected.get()
    if collected is not None:
        collected.append(action_id)


def collected_actions() -> tuple[UUID, ...]:
    """The actions collected so far; none outside a collection."""
    return tuple(_collected.get() or ())
