"""References that point nowhere, for the operator's check."""

from __future__ import annotations

from collections.abc import Iterator

from apps.kernel.references.holders import HOLDERS, Dangling


def dangling_references() -> Iterator[Dangling]:
    """Count dangling references of the open scope: of columns, and of whatever else keeps ids of records."""
    for _name, holder in sorted(HOLDERS.items()):
        yield from holder.dangling()
