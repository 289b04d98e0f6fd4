"""Shapes of audited tables: each image says which columns its table had when it was taken."""

from __future__ import annotations

import hashlib
import json

from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.tenancy.wall import TableWall, trigger_statements

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated <> ''
FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname
"""
REMEMBER = """
INSERT INTO table_shape (fingerprint, table_name, columns) VALUES (%s, %s, %s::jsonb)
ON CONFLICT (table_name, fingerprint) DO NOTHING
"""


def shape_of(connection: BaseDatabaseWrapper, table: str) -> dict[str, str]:
    """Columns of the live table that are stored: name to SQL type; generated ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [f'"{table}"'])
        return {name: kind for name, kind, generated in cursor.fetchall() if not generated}


def fingerprint_of(shape: dict[str, str]) -> str:
    """A short name of a shape."""
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


def sync_shape(connection: BaseDatabaseWrapper, wall: TableWall) -> None:
    """Remember the table's shape and let its triggers stamp images with it."""
    if not wall.audited:
        return
    shape = shape_of(connection, wall.table)
    fingerprint = fingerprint_of(shape)
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [fingerprint, wall.table, json.dumps(shape)])
        for statement in trigger_statements(wall, fingerprint):
            cursor.execute(statement)
