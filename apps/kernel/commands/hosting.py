"""Transactions that commands may run inside, because what opened them commits with the commands or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

HOSTS = "_agora_hosts_commands"


@contextmanager
def hosting_commands() -> Iterator[None]:
    """Let commands of the block join the innermost open transaction, each with an action of its own.

    For a handler whose effect and whose own bookkeeping must commit together. Nothing in the block is tried again by
    itself: a serialization failure ends the transaction, and whoever opened it begins anew.
    """
    block = connection.atomic_blocks[-1]
    setattr(block, HOSTS, True)
    try:
        yield
    finally:
        setattr(block, HOSTS, False)


def is_hosted() -> bool:
    """Say whether the innermost open transaction takes commands in."""
    blocks = connection.atomic_blocks
    return bool(blocks) and bool(getattr(blocks[-1], HOSTS, False))
