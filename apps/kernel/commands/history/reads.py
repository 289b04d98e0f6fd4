"""Reads of sensitive records, told to whoever keeps the read log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from apps.kernel.commands.history.diffs import ActionDiff
from apps.kernel.ports import ReadLog
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

LIST, DETAIL = "list", "detail"


def note_reads(entity: str, ids: Iterable[UUID], *, how: str) -> None:
    """Remember that somebody saw the records, where the entity demands it."""
    declared = ENTITIES.get(entity) if entity else None
    if declared is not None and declared.is_sensitive:
        service(ReadLog).note(entity, ids, how=how)


def note_diffs(diffs: Iterable[ActionDiff]) -> None:
    """Remember that somebody saw what was changed in records: a diff shows their values."""
    seen: dict[str, set[UUID]] = defaultdict(set)
    for diff in diffs:
        for row in diff.rows:
            seen[row.entity].add(row.row_id)
    for entity, ids in seen.items():
        note_reads(entity, ids, how=DETAIL)
