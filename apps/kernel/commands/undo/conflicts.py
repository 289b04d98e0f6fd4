"""Rows that are no longer as an action left them, and the later actions that made them so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel.commands.undo.closing import closings
from apps.kernel.commands.undo.needs import GONE, needed_and_gone
from apps.kernel.commands.undo.plan import ConflictingRow, Run, undone_actions
from apps.kernel.commands.undo.shapes import added_columns
from apps.kernel.commands.undo.tables import ImagedTable

MOST_CONFLICTS = 100

# Current rows against the last image of each; columns that came later are left out of the comparison.
CHANGED_ROWS = """
WITH last AS (
    SELECT DISTINCT ON (row_id) row_id, operation, after FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq DESC)
SELECT last.row_id, CASE WHEN last.operation = 'D' THEN 'present' WHEN t.id IS NULL THEN 'missing' ELSE 'changed' END
FROM last LEFT JOIN "{table}" t ON t.id = last.row_id
WHERE CASE WHEN last.operation = 'D' THEN t.id IS NOT NULL
      ELSE t.id IS NULL OR row_facts(to_jsonb(t), %(secret)s) - %(added)s::text[]
           IS DISTINCT FROM row_facts(last.after, %(secret)s) - %(added)s::text[] END
LIMIT %(most)s
"""
# Rows elsewhere that point to a row which undo would delete, and that undo would not delete as well.
POINTING_ROWS = """
SELECT p.id FROM "{pointer}" p
WHERE p."{column}" IN (
    SELECT row_id FROM row_image WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s AND operation = 'I')
AND NOT EXISTS (
    SELECT FROM row_image i WHERE i.row_id = p.id AND i.action_id = ANY(%(actions)s) AND i.operation = 'I')
LIMIT %(most)s
"""
# Of what has gone only the deletion is in the way.
# An undo is named by what it took back, which does not count any more, but where that is a part of what is undone here.
LATER_ACTIONS = """
WITH RECURSIVE later AS (
    SELECT DISTINCT i.action_id FROM row_image i
    WHERE i.row_id = ANY(%(rows)s) AND i.seq > %(after)s AND NOT i.action_id = ANY(%(actions)s)
    AND NOT (i.row_id = ANY(%(gone)s)
        AND (i.before ->> 'deleted_at' IS NOT NULL OR i.after ->> 'deleted_at' IS NULL))),
roots AS (
    SELECT a.id, a.parent_id FROM action a JOIN later ON later.action_id = a.id
    UNION SELECT a.id, a.parent_id FROM action a JOIN roots ON a.id = roots.parent_id)
SELECT r.id FROM roots r WHERE r.parent_id IS NULL
AND NOT EXISTS (
    SELECT FROM action_undo u WHERE u.undo_id = r.id AND NOT u.action_id = ANY(%(actions)s)) ORDER BY r.id DESC
"""
LOCK_ROWS = """
SELECT count(*) FROM (
    SELECT id FROM "{table}" WHERE id IN (
        SELECT row_id FROM row_image WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s)
    ORDER BY id FOR UPDATE) AS locked
"""


def lock_rows(table: ImagedTable, actions: tuple[UUID, ...]) -> None:
    """Lock the rows that undo will write, by id."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ROWS.format(table=table.name), {"actions": list(actions), "table": table.name})


def conflicting_rows(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> tuple[ConflictingRow, ...]:
    """At most a hundred rows that stand in the way, table by table."""
    found = [row for closing in closings(runs, actions) for row in closing.conflicts(MOST_CONFLICTS)]
    for table in {run.table.name: run.table for run in runs if not run.table.closes}.values():
        found += _changed(table, runs, actions)
        if any(run.operation == "I" and run.table is table for run in runs):
            found += _pointing(table, actions)
    found += needed_and_gone(runs, actions, MOST_CONFLICTS)
    return tuple(found[:MOST_CONFLICTS])


def _changed(table: ImagedTable, runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> list[ConflictingRow]:
    added = {column for run in runs if run.table is table for column in added_columns(table, run.fingerprint)}
    values: dict[str, Any] = {
        "actions": list(actions),
        "table": table.name,
        "secret": list(table.encrypted),
        "added": sorted(added),
        "most": MOST_CONFLICTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_ROWS.format(table=table.name), values)
        return [ConflictingRow(table.name, row_id, reason) for row_id, reason in cursor.fetchall()]


def _pointing(table: ImagedTable, actions: tuple[UUID, ...]) -> list[ConflictingRow]:
    found: list[ConflictingRow] = []
    values: dict[str, Any] = {"actions": list(actions), "table": table.name, "most": MOST_CONFLICTS}
    with connection.cursor() as cursor:
        for pointer in table.pointers:
            cursor.execute(POINTING_ROWS.format(pointer=pointer.table, column=pointer.column), values)
            found += [ConflictingRow(pointer.table, row_id, "referenced") for (row_id,) in cursor.fetchall()]
    return found


def actions_in_the_way(
    conflicts: tuple[ConflictingRow, ...], runs: tuple[Run, ...], actions: tuple[UUID, ...]
) -> tuple[UUID, ...]:
    """Later actions that count and that touched the conflicting rows, or deleted what is needed; newest first."""
    if not conflicts:
        return ()
    gone = {conflict.row_id for conflict in conflicts if conflict.reason == GONE}
    values: dict[str, Any] = {
        "rows": [conflict.row_id for conflict in conflicts],
        "gone": list(gone - {conflict.row_id for conflict in conflicts if conflict.reason != GONE}),
        "after": min(run.first for run in runs),
        "actions": list(actions),
    }
    with connection.cursor() as cursor:
        cursor.execute(LATER_ACTIONS, values)
        found = [row[0] for row in cursor.fetchall()]
    gone = undone_actions(found)
    return tuple(item for item in found if item not in gone)
