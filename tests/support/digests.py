"""Digests of tables: what undo must restore to the letter, bookkeeping columns apart."""

from __future__ import annotations

from django.db import connection

DIGEST = """
SELECT coalesce(md5(string_agg(row_facts(to_jsonb(t), '{{}}')::text, '|' ORDER BY t.id)), 'empty') FROM "{table}" t
"""


def digest(*tables: str) -> dict[str, str]:
    """Digest of each table's rows in the open scope."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(DIGEST.format(table=table))
            found[table] = cursor.fetchone()[0]
    return found
