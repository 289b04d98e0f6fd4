"""Digests of tables: what undo must restore to the letter, bookkeeping columns apart.

Of tables that undo closes only what counts today: the same values become known again in other rows.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection

DIGEST = """
SELECT coalesce(md5(string_agg(row_facts(to_jsonb(t), '{{}}')::text, '|' ORDER BY t.id)), 'empty') FROM "{table}" t
"""
DIGEST_OF_KNOWN = """
SELECT coalesce(md5(string_agg(fact, '|' ORDER BY fact)), 'empty')
FROM (SELECT (row_facts(to_jsonb(t), '{{}}') - '{{id,known,created_at}}'::text[])::text AS fact
      FROM "{table}" t WHERE upper_inf(t.known)) AS facts
"""


def digest(*tables: str) -> dict[str, str]:
    """Digest of each table's rows in the open scope."""
    closed = {model._meta.db_table for model in apps.get_models() if getattr(model, "undo", "") == "close"}
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute((DIGEST_OF_KNOWN if table in closed else DIGEST).format(table=table))
            found[table] = cursor.fetchone()[0]
    return found
