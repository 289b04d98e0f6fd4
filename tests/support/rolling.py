"""Transactions around tests whose world was made before them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.test import Client


def around() -> transaction.Atomic:
    """A transaction around what each has its own; the executor lets such blocks stand around it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    return block


@contextmanager
def rolled_back(client: Client | None = None) -> Iterator[None]:
    """Take everything back at the end of the block: what requests have written, and cookies that a client was given."""
    cookies = copy.deepcopy(client.cookies) if client else None
    with around():
        yield
        transaction.set_rollback(True)
    if client is not None and cookies is not None:
        client.cookies = cookies
