"""The actions of one record: those about it, those that touched its row, and those of what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL

from apps.kernel.commands.history.fields import CUSTOM, CUSTOM_PREFIX, HIDDEN, is_digest
from apps.kernel.commands.history.privacy import is_encrypted, is_secret
from apps.kernel.commands.history.visibility import visible_actions
from apps.kernel.commands.undo.tables import ImagedTable, imaged_table

MOST_RELATED = 1000  # of each table that points to the record, the newest
# The outermost actions around those that a sub-select names.
ROOTS = """
WITH RECURSIVE touching AS ({touching}), climb AS (
    SELECT a.id, a.parent_id FROM action a JOIN touching ON touching.id = a.id
    UNION SELECT up.id, up.parent_id FROM action up JOIN climb ON climb.parent_id = up.id)
SELECT id FROM climb WHERE parent_id IS NULL
"""
ABOUT = "SELECT id FROM action WHERE resource_id = %s"
TOUCHING = "SELECT i.action_id AS id FROM row_image i WHERE i.row_id = ANY(%s)"
POINTING = '(SELECT id FROM "{table}" WHERE "{column}" = %s ORDER BY id DESC LIMIT {most})'
# Rows that are no more: each deletion holds what the row pointed to.
POINTED = (
    "(SELECT row_id FROM row_image WHERE operation = 'D' AND table_name = %s AND before @> %s::jsonb"
    " ORDER BY seq DESC LIMIT {most})"
)
CHANGED_IN_TREE = """
EXISTS (
    WITH RECURSIVE tree AS (
        SELECT {action} AS id
        UNION ALL SELECT child.id FROM action child JOIN tree ON child.parent_id = tree.id)
    SELECT FROM tree JOIN row_image i ON i.action_id = tree.id
    WHERE i.table_name = %s AND i.operation = 'U' AND {changed})
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A field whose changes can be looked for; `key` is set for one of the tenant's own fields."""

    table: str
    name: str
    key: str = ""
    encrypted: bool = False

    @property
    def field(self) -> str:
        """Name of the field in diffs."""
        return f"{CUSTOM_PREFIX}{self.key}" if self.key else self.name

    def changed(self) -> tuple[str, list[str]]:
        """SQL that compares both values in the image `i`, and its parameters."""
        if self.key:
            path = [CUSTOM, self.key]
            return "i.before -> %s -> %s IS DISTINCT FROM i.after -> %s -> %s", [*path, *path]
        if self.encrypted:
            part = "substr(i.{image} ->> %s, 7, 32)"
            return f"{part.format(image='before')} IS DISTINCT FROM {part.format(image='after')}", [self.name] * 2
        # A value that was never there and an empty one are the same to people.
        part = "nullif(i.{image} -> %s, 'null'::jsonb)"
        return f"{part.format(image='before')} IS DISTINCT FROM {part.format(image='after')}", [self.name] * 2


def column_of(model: type[models.Model], name: str) -> Column | None:
    """The column behind a field's name (`cf_<key>` for the tenant's own); None for none that the history shows."""
    fields: dict[str, Any] = {str(item.column): item for item in model._meta.local_concrete_fields}
    table = model._meta.db_table
    if name.startswith(CUSTOM_PREFIX) and CUSTOM in fields:
        key = name.removeprefix(CUSTOM_PREFIX)
        return Column(table, CUSTOM, key) if key and not is_secret(None, key) else None
    field = next((item for item in fields.values() if name in {item.name, item.attname, item.column}), None)
    if field is None or field.column in HIDDEN or is_digest(field) or is_secret(field, field.column):
        return None
    return Column(table, str(field.column), encrypted=is_encrypted(field))


def shown_columns(model: type[models.Model]) -> Iterator[Any]:
    """Fields of the model whose changes can be looked for, in the order of the model."""
    for item in model._meta.local_concrete_fields:
        if item.column != CUSTOM and column_of(model, item.name) is not None:
            yield item


def touching_record(
    rows: QuerySet[Any],
    record_id: UUID,
    *,
    model: type[models.Model] | None = None,
    related: bool = False,
    column: Column | None = None,
) -> QuerySet[Any]:
    """Those of the outermost actions that were about the record or touched its row.

    `related` adds those that touched rows which point to it, or did when they were deleted (needs `model`);
    `column` narrows to those that gave the record's column another value, its first and its last included.
    """
    parameters: list[Any]
    if column is not None:
        changed, values = column.changed()
        touching, parameters = f"{TOUCHING} AND i.table_name = %s AND {changed}", [[record_id], column.table, *values]
    else:
        ids = [record_id, *(related_rows(model, record_id) if related and model is not None else ())]
        touching, parameters = f"{ABOUT} UNION {TOUCHING}", [record_id, ids]
    roots = RawSQL(ROOTS.format(touching=touching), parameters)  # noqa: S611 - constant texts, values as parameters
    return rows.filter(pk__in=roots)


def related_rows(model: type[models.Model], record_id: UUID) -> list[UUID]:
    """Rows of audited tables that point to the record, and those that did when they were deleted; one query."""
    parts: list[str] = []
    values: list[Any] = []
    for pointer in _table(model).pointers:
        parts.append(POINTING.format(table=pointer.table, column=pointer.column, most=MOST_RELATED))
        parts.append(POINTED.format(most=MOST_RELATED))
        values += [record_id, pointer.table, json.dumps({pointer.column: str(record_id)})]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [row_id for (row_id,) in cursor.fetchall()]


def _table(model: type[models.Model]) -> ImagedTable:
    return imaged_table(model._meta.db_table)


class ChangedInTree(Func):
    """Say whether an action, or one inside it, changed a column of any record."""

    output_field = BooleanField()

    def __init__(self, column: Column, **extra: Any) -> None:
        super().__init__(F("id"), **extra)
        self.column = column

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        """Render the sub-select."""
        action, parameters = compiler.compile(self.source_expressions[0])
        changed, values = self.column.changed()
        sql = CHANGED_IN_TREE.format(action=action, changed=changed)
        return sql, (*parameters, self.column.table, *values)


def record_actions(record_id: UUID, *, limit: int, before: UUID | None = None, **narrowed: Any) -> list[Any]:
    """Visible actions of one record, newest first; `narrowed` goes to `touching_record`.

    `before` is the id of the last action already shown: ids grow with time, so they page the history.
    """
    rows = touching_record(visible_actions(), record_id, **narrowed)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])
