"""Records that an undo would need and that have gone since: what points to them would come back without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models

from apps.kernel.commands.undo.plan import ConflictingRow, Run

GONE = "gone"
# Rows that would live again, or would point elsewhere than they do now. Only what is asked for is taken out of images
# before they are sorted: a row may be large.
NEEDED = """
WITH first AS (
    SELECT DISTINCT ON (row_id) row_id, before ->> '{column}' AS target, before ->> 'deleted_at' AS gone
    FROM row_image WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq),
last AS (
    SELECT DISTINCT ON (row_id) row_id, after ->> '{column}' AS target,
        after IS NULL OR after ->> 'deleted_at' IS NOT NULL AS is_gone
    FROM row_image WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq DESC),
needed AS (
    SELECT DISTINCT first.target::uuid AS id FROM first JOIN last USING (row_id)
    WHERE first.target IS NOT NULL AND first.gone IS NULL
    AND (last.is_gone OR last.target IS DISTINCT FROM first.target))
"""
HOLD = """
SELECT count(*) FROM (
    SELECT id FROM "{target}" WHERE id IN (SELECT id FROM needed) ORDER BY id FOR KEY SHARE) AS held
"""
# What the same undo brings back is there in time.
MISSING = """
SELECT t.id FROM "{target}" t WHERE t.id IN (SELECT id FROM needed) AND t.deleted_at IS NOT NULL
AND (SELECT i.before ->> 'deleted_at' IS NULL FROM row_image i
     WHERE i.action_id = ANY(%(actions)s) AND i.table_name = %(target)s AND i.row_id = t.id
     ORDER BY i.seq LIMIT 1) IS NOT TRUE
LIMIT %(most)s
"""


def hold_needed(runs: tuple[Run, ...], actions: tuple[Any, ...]) -> None:
    """Keep what the restored rows need from going until the transaction ends."""
    for _target, sql, values in _keys(runs, actions, HOLD):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


def needed_and_gone(runs: tuple[Run, ...], actions: tuple[Any, ...], most: int) -> Iterator[ConflictingRow]:
    """Deleted records that restored rows need (`needs` of their models), each once."""
    for target, sql, values in _keys(runs, actions, MISSING):
        with connection.cursor() as cursor:
            cursor.execute(sql, {**values, "most": most})
            yield from (ConflictingRow(target, row_id, GONE) for (row_id,) in cursor.fetchall())


def _keys(runs: tuple[Run, ...], actions: tuple[Any, ...], sql: str) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """The whole statement for each key that a table of the runs needs, with its target and its parameters."""
    # What was added only goes.
    for table in {run.table.name: run.table for run in runs if run.operation != "I" and not run.table.closes}.values():
        for name in getattr(table.model, "needs", ()):
            key: Any = table.model._meta.get_field(name)
            related: type[models.Model] = key.related_model
            target = related._meta.db_table
            values = {"actions": list(actions), "table": table.name, "target": target}
            yield target, (NEEDED + sql).format(column=key.column, target=target), values
