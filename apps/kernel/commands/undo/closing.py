"""Undo in tables whose rows are only closed: what an action made known is closed, what it closed becomes known again.

Undo and redo add rows of their own, so a fact is found by what it says and not by the id of the row that says it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from apps.kernel import clock
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.translation import constraint_of
from apps.kernel.commands.undo.plan import ConflictingRow, Run
from apps.kernel.commands.undo.shapes import added_columns, default_values
from apps.kernel.commands.undo.tables import ImagedTable

# What a row says is everything but which row it is and since when.
SAYS_THE_SAME = """
row_facts(to_jsonb(t), %(secret)s) - '{id,known,created_at}'::text[] - %(added)s::text[] IS NOT DISTINCT FROM
row_facts(r.of_image, %(secret)s) - '{id,known,created_at}'::text[] - %(added)s::text[]
"""
# Net effect of the actions: facts that became known and were left so, and facts that were known before and were
# closed; of the former those that still stand, whichever row says them now. Materialized, because a folded-in
# function would be joined row by row.
EFFECT = """
WITH images AS MATERIALIZED (
    SELECT row_id, operation, before, after FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s),
made AS MATERIALIZED (
    SELECT i.row_id AS of_row, i.after AS of_image, r.* FROM images i
    CROSS JOIN LATERAL jsonb_populate_record(NULL::"{table}", i.after) AS r
    WHERE i.operation = 'I'
    AND NOT EXISTS (SELECT FROM images e WHERE e.row_id = i.row_id AND e.operation = 'U')),
ended AS MATERIALIZED (
    SELECT r.* FROM images i
    CROSS JOIN LATERAL jsonb_populate_record(NULL::"{table}", %(defaults)s::jsonb || i.before) AS r
    WHERE i.operation = 'U'
    AND NOT EXISTS (SELECT FROM images m WHERE m.row_id = i.row_id AND m.operation = 'I')),
standing AS MATERIALIZED (
    SELECT r.of_row, t.id FROM made r
    JOIN "{table}" t ON {sameness} AND upper_inf(t.known) AND {says_the_same})
"""
# Where a fact stands no more, every row that has been closed on the same thing since, itself included.
CONFLICTS = """
SELECT t.id, 'changed' FROM made r JOIN "{table}" t ON {sameness} AND upper(t.known) > lower(r.known)
WHERE NOT EXISTS (SELECT FROM standing s WHERE s.of_row = r.of_row)
UNION
SELECT t.id, 'known' FROM ended r JOIN "{table}" t ON {sameness} AND upper_inf(t.known)
WHERE NOT EXISTS (SELECT FROM standing s WHERE s.id = t.id)
LIMIT %(most)s
"""
LOCK = """
SELECT count(*) FROM (
    SELECT id FROM "{table}" WHERE id IN (SELECT id FROM standing) ORDER BY id FOR UPDATE) AS locked
"""
# All of it happens in one moment: now, or as soon after it as the rows about the same things allow.
LATEST = """
SELECT max(coalesce(upper(t.known), lower(t.known) + interval '1 microsecond'))
FROM (SELECT {key} FROM made UNION ALL SELECT {key} FROM ended) AS r JOIN "{table}" t ON {sameness}
"""
CLOSE = """
UPDATE "{table}" t SET known = tstzrange(lower(t.known), %(at)s), updated_at = %(at)s
FROM standing s WHERE t.id = s.id AND upper_inf(t.known)
"""
KNOW_AGAIN = 'INSERT INTO "{table}" ({columns}) SELECT {values} FROM ended r'
NEW_VALUES = {
    "id": "uuid7()",
    "known": "tstzrange(%(at)s, NULL)",
    "created_at": "%(at)s",
    "updated_at": "%(at)s",
}


@dataclass(frozen=True, slots=True)
class Closing:
    """What undo does in one table that is only closed."""

    table: ImagedTable
    actions: tuple[UUID, ...]
    added: tuple[str, ...]  # columns that came after the images

    def conflicts(self, most: int) -> list[ConflictingRow]:
        """Rows that say something else by now, and rows that say it in place of what would become known again."""
        rows = self._rows(CONFLICTS, most=most)
        return [ConflictingRow(self.table.name, row_id, reason) for row_id, reason in rows]

    def lock(self) -> None:
        """Lock the rows that undo will close, by id."""
        self._rows(LOCK)

    def moment(self) -> datetime:
        """When it happens."""
        moments: list[datetime | None] = [moment for (moment,) in self._rows(LATEST)]
        return max(clock.now(), *filter(None, moments))

    def take_back(self, at: datetime) -> None:
        """Close and make known again, in one moment. Raises UndoConflict where today's data forbid it."""
        try:
            with transaction.atomic():
                self._run(CLOSE, at=at)
                self._run(KNOW_AGAIN, at=at)
        except IntegrityError as error:
            raise UndoConflict(actions=[], rows=[], table=self.table.name, constraint=constraint_of(error)) from error

    def _rows(self, statement: str, **values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self._text(statement), self._values(values))
            return list(cursor.fetchall())

    def _run(self, statement: str, **values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._text(statement), self._values(values))

    def _text(self, statement: str) -> str:
        columns = self.table.columns
        return (EFFECT + statement).format(
            table=self.table.name,
            key=", ".join(f'"{column}"' for column in self.table.key),
            sameness=" AND ".join(f't."{column}" {test} r."{column}"' for column, test in self.table.key.items()),
            says_the_same=SAYS_THE_SAME,
            columns=", ".join(f'"{column}"' for column in columns),
            values=", ".join(NEW_VALUES.get(column, f'r."{column}"') for column in columns),
        )

    def _values(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "actions": list(self.actions),
            "table": self.table.name,
            "secret": list(self.table.encrypted),
            "added": list(self.added),
            "defaults": json.dumps(default_values(self.table, self.added)),
            **values,
        }


def closings(runs: Iterable[Run], actions: tuple[UUID, ...]) -> list[Closing]:
    """What undo of the actions does in each table that is only closed."""
    added: dict[str, set[str]] = {}
    tables: dict[str, ImagedTable] = {}
    for run in runs:
        if run.table.closes:
            tables[run.table.name] = run.table
            added.setdefault(run.table.name, set()).update(added_columns(run.table, run.fingerprint))
    return [Closing(table, actions, tuple(sorted(added[name]))) for name, table in sorted(tables.items())]
