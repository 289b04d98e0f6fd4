"""What a command hands out for one page only: secrets on their way to the page that shows them, and test answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from apps.kernel.commands.declarations import Command
from apps.webhooks.models import WebhookDelivery
from apps.webhooks.services import open_test, send_test

P = ParamSpec("P")
R = TypeVar("R")

_handed: ContextVar[list[Any] | None] = ContextVar("agora_webhooks_handed", default=None)


class HandingOut(Command[P, R]):
    """A command whose result the page that runs it wants; it waits nowhere else."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it, and leave the result to the page."""
        return _left(super().__call__(*args, **kwargs))


class Testing(Command[[UUID], WebhookDelivery]):
    """The test event with its sending, which is no part of the command: no request leaves inside a transaction."""

    def __call__(self, webhook_id: UUID) -> WebhookDelivery:
        """Send, and leave the answer to the page."""
        return _left(send_test(webhook_id))


def handing_out(command: Command[P, R]) -> HandingOut[P, R]:
    """Let the page see what the command makes."""
    function: Callable[P, R] = command.spec.function
    return HandingOut(command.spec, function)


TEST_NOW = Testing(open_test.spec, open_test.spec.function)


@contextmanager
def collecting() -> Iterator[list[Any]]:
    """Collect what commands hand out in the block."""
    collected: list[Any] = []
    token = _handed.set(collected)
    try:
        yield collected
    finally:
        _handed.reset(token)


def _left(result: R) -> R:
    collected = _handed.get()
    if collected is not None:
        collected.append(result)
    return result
