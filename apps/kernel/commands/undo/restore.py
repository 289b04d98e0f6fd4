"""Put rows back, run by run, set-based: constant memory whatever the number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from apps.kernel import clock
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.translation import UNIQUE, constraint_of, sqlstate_of
from apps.kernel.commands.undo.plan import Run
from apps.kernel.commands.undo.shapes import added_columns, default_values

IMAGES = "i.action_id = ANY(%(actions)s) AND i.seq BETWEEN %(first)s AND %(last)s AND i.table_name = %(table)s"

REMOVE = f'DELETE FROM "{{table}}" t USING row_image i WHERE t.id = i.row_id AND {IMAGES}'  # noqa: S608
# The oldest image of a run wins: it holds the row as it was before.
PUT_BACK = f"""
UPDATE "{{table}}" t SET {{assignments}} FROM (
    SELECT DISTINCT ON (i.row_id) i.row_id, i.before FROM row_image i WHERE {IMAGES} ORDER BY i.row_id, i.seq) AS old,
    jsonb_populate_record(NULL::"{{table}}", old.before) AS r WHERE t.id = old.row_id
"""  # noqa: S608
INSERT_AGAIN = f"""
INSERT INTO "{{table}}" ({{columns}})
SELECT {{values}} FROM row_image i,
    jsonb_populate_record(NULL::"{{table}}", %(defaults)s::jsonb || i.before) AS r WHERE {IMAGES}
"""  # noqa: S608
# In tables that are only closed: what became known is known until now, and what was known before is so again.
CLOSE = f"""
UPDATE "{{table}}" t SET known = tstzrange(lower(t.known), %(now)s), updated_at = %(now)s
FROM row_image i WHERE t.id = i.row_id AND upper_inf(t.known) AND {IMAGES}
"""  # noqa: S608
KNOW_AGAIN = f"""
INSERT INTO "{{table}}" ({{columns}})
SELECT {{values}} FROM row_image i,
    jsonb_populate_record(NULL::"{{table}}", %(defaults)s::jsonb || i.before) AS r WHERE {IMAGES}
    AND NOT EXISTS (
        SELECT FROM row_image own
        WHERE own.row_id = i.row_id AND own.operation = 'I' AND own.action_id = ANY(%(actions)s))
"""  # noqa: S608
LATEST_END = """
SELECT max(coalesce(upper(t.known), lower(t.known) + interval '1 microsecond')) FROM "{table}" t
WHERE t.id IN (SELECT row_id FROM row_image WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s)
"""
PUTTING_BACK = {"I": REMOVE, "U": PUT_BACK, "D": INSERT_AGAIN}
CLOSING = {"I": CLOSE, "U": KNOW_AGAIN}
STATEMENTS = f"SELECT min(i.seq), max(i.seq) FROM row_image i WHERE {IMAGES} GROUP BY i.stmt ORDER BY i.stmt DESC"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Restoration:
    """Actions that are taken back, and when: what is closed and what is known again meet in one moment."""

    actions: tuple[UUID, ...]
    at: datetime


def restore(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Take the runs back, newest first. Keys are checked at the end, so tables may come in any order.

    Raises UndoConflict naming the table and the rule when today's data forbids the old rows.
    """
    restoration = Restoration(actions, _moment(runs, actions))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for run in runs:
            _restore_run(run, restoration)
        try:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise UndoConflict(actions=[], rows=[], constraint=constraint_of(error)) from error


def _moment(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> datetime:
    """Now, or when the rows that undo closes or follows allow it."""
    moments = [clock.now()]
    with connection.cursor() as cursor:
        for name in {run.table.name for run in runs if run.table.closes}:
            cursor.execute(LATEST_END.format(table=name), {"actions": list(actions), "table": name})
            moments += [moment for (moment,) in cursor.fetchall() if moment is not None]
    return max(moments)


def _restore_run(run: Run, restoration: Restoration) -> None:
    try:
        with transaction.atomic():
            _execute(run, restoration, run.first, run.last)
    except IntegrityError as error:
        spans = _statements(run, restoration)
        if run.operation != "U" or run.table.closes or sqlstate_of(error) != UNIQUE or len(spans) < 2:
            raise _conflict(run, error) from error
        _one_by_one(run, restoration, spans)


def _one_by_one(run: Run, restoration: Restoration, spans: list[tuple[int, int]]) -> None:
    """Retrace the statements: a unique value that wandered between rows allows no other order."""
    for first, last in spans:
        try:
            _execute(run, restoration, first, last)
        except IntegrityError as error:
            raise _conflict(run, error) from error


def _conflict(run: Run, error: IntegrityError) -> UndoConflict:
    return UndoConflict(actions=[], rows=[], table=run.table.name, constraint=constraint_of(error))


def _statements(run: Run, restoration: Restoration) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS, _parameters(run, restoration, run.first, run.last))
        return list(cursor.fetchall())


def _execute(run: Run, restoration: Restoration, first: int, last: int) -> None:
    sql = (CLOSING if run.table.closes else PUTTING_BACK)[run.operation]
    added = added_columns(run.table, run.fingerprint)
    parameters = _parameters(run, restoration, first, last)
    parameters["defaults"] = json.dumps(default_values(run.table, added))
    held = tuple(column for column in run.table.columns if column not in added)
    columns = run.table.columns if sql in {INSERT_AGAIN, KNOW_AGAIN} else held
    value = _new_value if run.table.closes else _value
    text = sql.format(
        table=run.table.name,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(value(column) for column in columns),
        assignments=", ".join(_assignment(column) for column in columns if column not in {"id", "tenant_id"}),
    )
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _parameters(run: Run, restoration: Restoration, first: int, last: int) -> dict[str, Any]:
    return {
        "actions": list(restoration.actions),
        "first": first,
        "last": last,
        "table": run.table.name,
        "now": restoration.at,
    }


NEW_VALUES = {"id": "uuid7()", "known": "tstzrange(%(now)s, NULL)", "created_at": "%(now)s"}


def _new_value(column: str) -> str:
    """A row that is known again is another row: it says since when."""
    return NEW_VALUES.get(column) or _value(column)


def _value(column: str) -> str:
    if column == "version":
        return "r.version + 1"
    return "%(now)s" if column == "updated_at" else f'r."{column}"'


def _assignment(column: str) -> str:
    if column == "version":
        return "version = t.version + 1"
    return f'"{column}" = {_value(column)}'
