"""Undo is no way round today's rules: each restored row is judged by its entity, and its references are checked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel.bases.mixins import CustomFields
from apps.kernel.commands.undo.plan import Run
from apps.kernel.commands.undo.tables import ImagedTable
from apps.kernel.customs import FieldDefinitions
from apps.kernel.ids import uuid7
from apps.kernel.references.fields import OnDeletion, reference_fields
from apps.kernel.references.usages import InUse, counted, usages
from apps.kernel.references.validation import demand_targets, pointers_of
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

CHUNK = 500
# Net effect on each row: from what it is now (last image) to what it was before (first image).
NET = """
SELECT first.before, last.after FROM (
    SELECT DISTINCT ON (row_id) row_id, before FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq) AS first
JOIN (
    SELECT DISTINCT ON (row_id) row_id, after FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq DESC) AS last USING (row_id)
"""
# Rows that live as the actions left them, and did not before.
HIDDEN = """
SELECT row_id FROM (
    SELECT DISTINCT ON (row_id) row_id, before ->> 'deleted_at' AS gone FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq) AS first
JOIN (
    SELECT DISTINCT ON (row_id) row_id, after IS NULL OR after ->> 'deleted_at' IS NOT NULL AS is_gone FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name = %(table)s ORDER BY row_id, seq DESC) AS last USING (row_id)
WHERE first.gone IS NOT NULL AND NOT last.is_gone
"""


def judge_rows(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Let each entity judge the rows that the runs would restore; tables without a rule are not read."""
    for table in _tables(runs):
        entity = ENTITIES.get(table.entity) if table.entity else None
        judge = entity.validate_restore if entity else None
        takes_custom = issubclass(table.model, CustomFields)
        if entity is None or (judge is None and not takes_custom):
            continue
        for pairs in _net_changes(table, actions):
            for now, restored in pairs if judge else ():
                judge(now, restored, current_scope().actor)  # type: ignore[misc]
            if takes_custom:
                _judge_custom(table.model, [restored for _now, restored in pairs if restored])


def _judge_custom(model: Any, images: list[Any]) -> None:
    """The same for custom fields, which rows of one table may have of several kinds."""
    by_entity: dict[str, list[Any]] = defaultdict(list)
    for image in images:
        by_entity[model.fields_entity_of(image)].append(image)
    for entity, own in by_entity.items():
        service(FieldDefinitions).demand_restorable(entity, own)


def judge_hidden(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Ask of rows that the undo has hidden again what deletion asks. Raises InUse, and what the kinds say."""
    for table in _tables(runs):
        entity = ENTITIES.get(table.entity) if table.entity and "deleted_at" in table.columns else None
        ids = _hidden(table, actions) if entity else []
        if entity is None or not ids:
            continue
        if protecting := [item for item in usages(entity.id, ids) if item.on_deletion is OnDeletion.PROTECT]:
            raise InUse(**counted(protecting))
        if entity.validate_hiding is not None:
            entity.validate_hiding(ids)


def _hidden(table: ImagedTable, actions: tuple[UUID, ...]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(HIDDEN, {"actions": list(actions), "table": table.name})
        return [row_id for (row_id,) in cursor.fetchall()]


def check_references(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Demand that restored rows point to living records, those that the same undo brought back included."""
    for table in _tables(runs):
        points = bool(reference_fields(table.model)) or issubclass(table.model, CustomFields)
        for pairs in _net_changes(table, actions) if points else ():
            demand_targets(pointer for _, restored in pairs if restored for pointer in _pointers(table, restored))


def _pointers(table: ImagedTable, image: Any) -> list[tuple[str, str, UUID]]:
    """What a row points to, by its references and by the tenant's own fields."""
    found = pointers_of(table.model, image)
    if image.get("custom") and issubclass(table.model, CustomFields):
        entity = table.model.fields_entity_of(image)
        found += service(FieldDefinitions).pointers(entity, image["custom"])
    return found


def _tables(runs: tuple[Run, ...]) -> list[ImagedTable]:
    return list({run.table.name: run.table for run in runs}.values())


def _net_changes(table: ImagedTable, actions: tuple[UUID, ...]) -> Iterator[list[tuple[Any, Any]]]:
    """Pairs (row as it is, row as it would be) in chunks, from a server-side cursor."""
    connection.ensure_connection()
    with connection.connection.cursor(name=f"undo_{uuid7().hex}") as cursor:
        cursor.execute(NET, {"actions": list(actions), "table": table.name})
        while rows := cursor.fetchmany(CHUNK):
            yield [(_image(after), _image(before)) for before, after in rows]


def _image(text: str | None) -> Any:
    """Django has its connections hand out JSON as text."""
    return None if text is None else json.loads(text)
