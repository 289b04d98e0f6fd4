"""Which actions are taken back, as a condition of a query."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet

from apps.kernel.commands.models import ActionUndo

# An action counts unless an action that counts has undone it; undos of undos go to any depth.
ACTION_COUNTS = """
CREATE OR REPLACE FUNCTION action_counts(asked uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM action_undo u WHERE u.action_id = asked AND action_counts(u.undo_id))
$$
"""


def only_undone(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Actions that count no longer; starts from the undos, of which there are few."""
    return rows.filter(pk__in=_standing_undos().values("action_id"))


def only_counting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Actions that still count; asks row by row."""
    return rows.filter(~Exists(_standing_undos().filter(action_id=OuterRef("pk"))))


def _standing_undos() -> QuerySet[Any]:
    counts = Func(F("undo_id"), function="action_counts", output_field=BooleanField())
    return ActionUndo.objects.annotate(counts=counts).filter(counts=True)
