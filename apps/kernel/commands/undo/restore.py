"""Put rows back, run by run, set-based: constant memory whatever the number."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from apps.kernel import clock
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.translation import UNIQUE, constraint_of, sqlstate_of
from apps.kernel.commands.undo.closing import closings
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
WAITING = "SELECT string_agg(quote_ident(conname), ', ') FROM pg_constraint WHERE condeferred"
STATEMENTS = f"SELECT min(i.seq), max(i.seq) FROM row_image i WHERE {IMAGES} GROUP BY i.stmt ORDER BY i.stmt DESC"  # noqa: S608


def restore(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Take the runs back, newest first. Keys are checked at the end, so tables may come in any order.

    Raises UndoConflict naming the table and the rule when today's data forbids the old rows.
    """
    closed = closings(runs, actions)
    at = max((closing.moment() for closing in closed), default=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for closing in closed:
            closing.take_back(at)
        for run in runs:
            if not run.table.closes:
                _restore_run(run, actions)
        try:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise UndoConflict(actions=[], rows=[], constraint=constraint_of(error)) from error
        _defer_again(cursor)


def _defer_again(cursor: Any) -> None:
    """Let wait for the commit again what waits for it by declaration: the transaction may go on."""
    cursor.execute(WAITING)
    [[names]] = cursor.fetchall()
    if names:
        cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")


def _restore_run(run: Run, actions: tuple[UUID, ...]) -> None:
    try:
        with transaction.atomic():
            _execute(run, actions, run.first, run.last)
    except IntegrityError as error:
        spans = _statements(run, actions)
        if run.operation != "U" or sqlstate_of(error) != UNIQUE or len(spans) < 2:
            raise _conflict(run, error) from error
        _one_by_one(run, actions, spans)


def _one_by_one(run: Run, actions: tuple[UUID, ...], spans: list[tuple[int, int]]) -> None:
    """Retrace the statements: a unique value that wandered between rows allows no other order."""
    for first, last in spans:
        try:
            _execute(run, actions, first, last)
        except IntegrityError as error:
            raise _conflict(run, error) from error


def _conflict(run: Run, error: IntegrityError) -> UndoConflict:
    return UndoConflict(actions=[], rows=[], table=run.table.name, constraint=constraint_of(error))


def _statements(run: Run, actions: tuple[UUID, ...]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS, _parameters(run, actions, run.first, run.last))
        return list(cursor.fetchall())


def _execute(run: Run, actions: tuple[UUID, ...], first: int, last: int) -> None:
    sql = {"I": REMOVE, "U": PUT_BACK, "D": INSERT_AGAIN}[run.operation]
    added = added_columns(run.table, run.fingerprint)
    parameters = _parameters(run, actions, first, last)
    parameters["defaults"] = json.dumps(default_values(run.table, added))
    held = tuple(column for column in run.table.columns if column not in added)
    columns = run.table.columns if run.operation == "D" else held
    text = sql.format(
        table=run.table.name,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(_value(column) for column in columns),
        assignments=", ".join(_assignment(column) for column in columns if column not in {"id", "tenant_id"}),
    )
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _parameters(run: Run, actions: tuple[UUID, ...], first: int, last: int) -> dict[str, Any]:
    return {
        "actions": list(actions),
        "first": first,
        "last": last,
        "table": run.table.name,
        "now": clock.now(),
    }


def _value(column: str) -> str:
    if column == "version":
        return "r.version + 1"
    return "%(now)s" if column == "updated_at" else f'r."{column}"'


def _assignment(column: str) -> str:
    if column == "version":
        return "version = t.version + 1"
    return f'"{column}" = {_value(column)}'
