"""What an undo that runs right now is about to move: needed to judge whether a value may vanish."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from apps.dictionaries.models import DictionaryEntry
from apps.kernel.commands.models import Action
from apps.kernel.commands.running import running
from apps.kernel.commands.undo.plan import action_tree

# The newest image of each living row that the undone action changed, and in how many of its columns the value stands;
# of a column that holds an object, such as custom values, under how many of its keys.
TAKEN_BACK = """
SELECT coalesce(sum(CASE WHEN jsonb_typeof(fact.value) = 'object'
    THEN (SELECT count(*) FROM jsonb_each_text(fact.value) AS part WHERE part.value = %(value)s)
    ELSE (strpos(fact.value::text, %(value)s) > 0)::int END), 0) FROM (
    SELECT DISTINCT ON (table_name, row_id) after FROM row_image
    WHERE action_id = ANY(%(actions)s) AND table_name <> %(own)s ORDER BY table_name, row_id, seq DESC) AS newest,
    jsonb_each(newest.after) AS fact
WHERE newest.after ->> 'deleted_at' IS NULL
"""


def pointers_taken_back(entry_id: UUID) -> int:
    """How many pointers to the value the running undo takes away from rows."""
    undone = Action.objects.filter(pk=running().action_id).values_list("input", flat=True).first() or {}
    if "action_id" not in undone:
        return 0
    values: dict[str, Any] = {
        "actions": list(action_tree(UUID(str(undone["action_id"])))),
        "own": DictionaryEntry._meta.db_table,
        "value": str(entry_id),
    }
    with connection.cursor() as cursor:  # scope: images are under row-level security like their rows
        cursor.execute(TAKEN_BACK, values)
        return int(cursor.fetchone()[0])
