"""Old images in today's tables: columns that came, went or changed their type since."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from apps.kernel.commands.errors import SchemaChanged
from apps.kernel.commands.models import TableShape
from apps.kernel.commands.undo.tables import ImagedTable
from apps.kernel.tenancy.shapes import fingerprint_of, shape_of


def shape_then(table: ImagedTable, fingerprint: str) -> dict[str, str]:
    """Columns and types that the table had when the image was taken."""
    found = TableShape.objects.filter(table_name=table.name, fingerprint=fingerprint).first()
    if found is None:
        raise SchemaChanged(table=table.name, columns="unknown")
    shape: dict[str, str] = found.columns
    return shape


def added_columns(table: ImagedTable, fingerprint: str) -> tuple[str, ...]:
    """Columns of today that the image does not hold.

    Raises SchemaChanged when a column went or changed its type: then the image cannot be restored.
    """
    today = shape_of(connection, table.name)
    if fingerprint_of(today) == fingerprint:
        return ()
    then = shape_then(table, fingerprint)
    lost = sorted(name for name, kind in then.items() if today.get(name) != kind)
    if lost:
        raise SchemaChanged(table=table.name, columns=", ".join(lost))
    return tuple(sorted(set(today) - set(then)))


def default_values(table: ImagedTable, columns: tuple[str, ...]) -> dict[str, Any]:
    """What a restored row gets in columns that its image does not hold, as JSON."""
    fields = {item.column: item for item in table.model._meta.local_concrete_fields}
    values = {name: fields[name].get_default() for name in columns if name in fields}
    restored: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return restored
