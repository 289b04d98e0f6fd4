"""How much one rendering may do: counted by the sandbox, held per thread or task."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from apps.kernel.templating.errors import TemplateTooLarge

MAX_STEPS: Final = 500_000
MAX_TEXT: Final = 1 << 20
_TEXT_PER_STEP: Final = 1024

_steps_left: ContextVar[int] = ContextVar("agora_document_steps_left")


@contextmanager
def steps(limit: int = MAX_STEPS) -> Iterator[None]:
    """Give the rendering inside the block `limit` steps."""
    token = _steps_left.set(limit)
    try:
        yield
    finally:
        _steps_left.reset(token)


def spend(count: int) -> None:
    """Take `count` steps; TemplateTooLarge when none are left."""
    left = _steps_left.get() - count
    if left < 0:
        raise TemplateTooLarge(limit=MAX_STEPS, unit="steps")
    _steps_left.set(left)


def spend_on(value: object) -> None:
    """Take as many steps as a value costs to go through once."""
    if isinstance(value, str):
        spend(1 + len(value) // _TEXT_PER_STEP)
    elif isinstance(value, Sized):
        spend(1 + len(value))


def allow_text(size: int) -> None:
    """Refuse a text larger than a whole document may be; take steps for a smaller one."""
    if size > MAX_TEXT:
        raise TemplateTooLarge(limit=MAX_TEXT, unit="characters")
    spend(size // _TEXT_PER_STEP)
