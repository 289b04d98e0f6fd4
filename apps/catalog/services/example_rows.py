"""Writing the rows that examples of commands begin with, without a command for each."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager

from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import CommandSpec
from apps.kernel.tenancy.transactions import scoped_transaction


def _example_rows() -> None:
    """Nothing: the rows are written in the block."""


EXAMPLE: CommandSpec = CommandSpec(
    id="catalog.example.write",
    feature="",
    function=_example_rows,
    signature=inspect.signature(_example_rows),
    open_reason="examples only",
    undoable=False,
    undo_reason="it is what an example begins with.",
    is_silent=True,
)


@contextmanager
def writing_examples() -> Iterator[None]:
    """Let rows be saved as they are inside the block, in a transaction of its own."""
    with scoped_transaction(), acting(EXAMPLE, {}):
        yield
