"""The latest actions of one record, found from their end: the first page costs the same after years of changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, models

from apps.kernel.commands.history.records import related_rows
from apps.kernel.commands.history.visibility import visible_actions

FIRST, GROWTH = 4, 8  # how many times the wanted number is looked through at first, and how fast that grows
# Candidates from both sides: actions about the record, and those that touched its row or one that points to it. Both
# are walked backwards by index. Behind a side that was cut there may be more, so nothing older than its end counts.
CANDIDATES: Final = """
WITH RECURSIVE about AS (
    SELECT id, created_at FROM action WHERE resource_id = %(record)s ORDER BY id DESC LIMIT %(most)s),
images AS (
    SELECT image.action_id, image.seq FROM unnest(%(rows)s::uuid[]) AS wanted(id) CROSS JOIN LATERAL (
        SELECT i.action_id, i.seq FROM row_image i WHERE i.row_id = wanted.id ORDER BY i.seq DESC LIMIT %(most)s
    ) AS image ORDER BY image.seq DESC LIMIT %(most)s),
touched AS (
    SELECT a.id, a.created_at FROM action a WHERE a.id IN (SELECT action_id FROM images)),
climb AS (
    SELECT a.id, a.parent_id FROM action a
    WHERE a.id IN (SELECT id FROM about UNION SELECT id FROM touched)
    UNION SELECT up.id, up.parent_id FROM action up JOIN climb ON climb.parent_id = up.id)
SELECT array(SELECT id FROM climb WHERE parent_id IS NULL),
    greatest(
        CASE WHEN (SELECT count(*) FROM about) = %(most)s THEN (SELECT min(created_at) FROM about) END,
        CASE WHEN (SELECT count(*) FROM images) = %(most)s THEN (SELECT min(created_at) FROM touched) END)
"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Outermost actions, and the moment up to which there may be others; None when these are all."""

    ids: list[UUID]
    cut: datetime | None


def recent_actions(
    record_id: UUID, *, model: type[models.Model], limit: int, until: datetime | None = None
) -> list[Any]:
    """Visible outermost actions of the record and of what belongs to it, latest first, none later than `until`.

    The same as `touching_record` with `related` finds, but no more of it is read than the page needs.
    """
    rows, most = [record_id, *related_rows(model, record_id)], limit * FIRST
    while True:
        found = _candidates(record_id, rows, most)
        actions = visible_actions().filter(pk__in=found.ids)
        if found.cut is not None:
            actions = actions.filter(created_at__gt=found.cut)
        if until is not None:
            actions = actions.filter(created_at__lte=until)
        page = list(actions[:limit])
        if len(page) == limit or found.cut is None:
            return page
        most *= GROWTH


def _candidates(record_id: UUID, rows: list[UUID], most: int) -> Candidates:
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"record": record_id, "rows": rows, "most": most})
        ids, cut = cursor.fetchone() or ([], None)
        return Candidates(list(ids), cut)
