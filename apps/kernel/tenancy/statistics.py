"""What the server knows of how values are spread, looked up at once: for commands that load very much."""

from __future__ import annotations

from django.db import connection

from apps.kernel.tenancy.concurrently import builder


def refresh_statistics() -> None:
    """Have the server look through all tables of the house, as their owner.

    By itself it does so a minute later; until then it takes every table for a nearly empty one, and a list may take
    a hundred times as long. Nothing happens inside a transaction, whose rows nobody else could count yet. Raises
    BuilderBusy, NotTheOwner.
    """
    if connection.in_atomic_block:
        return
    with builder() as owner, owner.cursor() as cursor:
        cursor.execute("ANALYZE")
