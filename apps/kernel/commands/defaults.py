"""Of several rows one is the default: the mark is given to another, and never just taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from apps.kernel.commands.unchanged import Unchanged
from apps.kernel.errors import FieldError


class Markable(Protocol):
    """A versioned row that may be the default one."""

    is_default: bool

    def save(self, *, update_fields: Iterable[str]) -> None:
        """Write the named columns."""


def mark_complaints(row: Markable, is_default: bool | Unchanged, *, code: str, message: str) -> list[FieldError]:
    """What is wrong with taking the mark from the row that has it."""
    return [FieldError("is_default", code, message)] if is_default is False and row.is_default else []


def mark(row: Markable, *, is_default: bool) -> None:
    """Give the row the mark, or take it off; the caller sees to it that at no moment two have it."""
    row.is_default = is_default
    row.save(update_fields=["is_default", "version"])


def unmark(others: Iterable[Markable]) -> None:
    """Take the mark off whichever of the rows has it."""
    for former in others:
        if former.is_default:
            mark(former, is_default=False)
