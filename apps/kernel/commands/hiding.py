"""How a command hides a record: nothing points to it any more, and an undo brings it back."""

from __future__ import annotations

from typing import Any

from apps.kernel import clock
from apps.kernel.references.usages import release


def hide(row: Any) -> None:
    """Hide the row, and let go what points to it. Raises InUse with counts.

    `keep_pointers_out` has run, before the caller's own counts: somebody may be about to point to the row.
    """
    release(row.entity_id, [row.pk])
    mark_hidden(row)


def mark_hidden(row: Any) -> None:
    """Write down that the row is hidden; what points to it has been seen to."""
    row.deleted_at = clock.now()
    row.save(update_fields=["deleted_at", "version"])
