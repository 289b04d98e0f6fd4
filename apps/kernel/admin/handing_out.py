"""What a command hands out for one page only, such as a secret: it waits nowhere on its way there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from apps.kernel.commands.declarations import Command

P = ParamSpec("P")
R = TypeVar("R")

_handed: ContextVar[list[Any] | None] = ContextVar("agora_handed_out", default=None)


class HandingOut(Command[P, R]):
    """A command whose result the page that runs it wants."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it, and leave the result to the page."""
        return left(super().__call__(*args, **kwargs))


def handing_out(command: Command[P, R]) -> HandingOut[P, R]:
    """Let the page see what the command makes."""
    function: Callable[P, R] = command.spec.function
    return HandingOut(command.spec, function)


@contextmanager
def collecting() -> Iterator[list[Any]]:
    """Collect what commands hand out in the block."""
    collected: list[Any] = []
    token = _handed.set(collected)
    try:
        yield collected
    finally:
        _handed.reset(token)


def left(result: R) -> R:
    """Leave a result to the page that waits for it, if one does."""
    collected = _handed.get()
    if collected is not None:
        collected.append(result)
    return result
