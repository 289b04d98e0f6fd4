"""How a command was called: where from, what version the caller saw, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from apps.kernel.commands.idempotency import IdempotencyKey


class Source(StrEnum):
    """The door through which a command came."""

    API = "api"
    ADMIN = "admin"
    PORTAL = "portal"
    TASK = "task"
    WORKFLOW = "workflow"
    IMPORT = "import"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Invocation:
    """`expected_version` None means that the caller states no version; `is_undo` is set while undo runs.

    The version is that of the record that the outermost command is about; inside an order for many of `expected_of`.
    `companions` are called with the outermost command's result, inside its action: further commands, whose writes
    are taken back with it. `part_of` is an action that was committed before and that the outermost command goes on
    with: undone with it only.
    """

    source: Source = Source.SYSTEM
    expected_version: int | None = None
    expected_of: UUID | None = None
    reason: str = ""
    is_undo: bool = False
    idempotency: IdempotencyKey | None = None
    companions: tuple[Callable[[Any], None], ...] = ()
    part_of: UUID | None = None


_invocation: ContextVar[Invocation | None] = ContextVar("agora_invocation", default=None)


def current_invocation() -> Invocation:
    """How the running code was called; by the system itself when nobody said."""
    return _invocation.get() or Invocation()


def give_reason(reason: str) -> None:
    """Say why the commands that follow are called, until the `invoked` block around here ends."""
    _invocation.set(replace(current_invocation(), reason=reason))


@contextmanager
def invoked(**changes: Any) -> Iterator[Invocation]:
    """Say how the commands in the block are called: `source`, `expected_version`, `reason`."""
    token = _invocation.set(replace(current_invocation(), **changes))
    try:
        yield current_invocation()
    finally:
        _invocation.reset(token)
