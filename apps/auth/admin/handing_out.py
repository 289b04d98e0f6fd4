"""Secrets on their way from the command that makes them to the one page that shows them; they wait nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec

from apps.auth.services.keys import IssuedKey
from apps.kernel.commands.declarations import Command

P = ParamSpec("P")

_issued: ContextVar[list[IssuedKey] | None] = ContextVar("agora_issued_keys", default=None)


class HandingOut(Command[P, IssuedKey]):
    """A command that makes a secret; the page that runs it shows the secret."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> IssuedKey:
        """Run it, and leave what it made to the page."""
        issued = super().__call__(*args, **kwargs)
        collected = _issued.get()
        if collected is not None:
            collected.append(issued)
        return issued


def handing_out(command: Command[P, IssuedKey]) -> HandingOut[P]:
    """Let the page see what the command makes."""
    function: Callable[P, IssuedKey] = command.spec.function
    return HandingOut(command.spec, function)


@contextmanager
def collecting_secrets() -> Iterator[list[IssuedKey]]:
    """Collect what commands hand out in the block."""
    collected: list[IssuedKey] = []
    token = _issued.set(collected)
    try:
        yield collected
    finally:
        _issued.reset(token)
