"""What undoing an action would restore, and what stands in the way. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.kernel.commands.bulk import BULK_COMMANDS
from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.tables import ImagedTable, imaged_table
from apps.kernel.errors import RowNotFound

ERASED = "erased"  # stands where an image names the shape of its table, once a person's data has been taken out of it

# An action and everything that ran inside it.
TREE = """
WITH RECURSIVE tree AS (
    SELECT id FROM action WHERE id = %s
    UNION ALL SELECT child.id FROM action child JOIN tree ON child.parent_id = tree.id)
SELECT id FROM tree
"""
# An action counts unless an action that counts has undone it.
UNDONE_BY = """
WITH RECURSIVE chain AS (
    SELECT u.action_id, u.undo_id, 1 AS depth FROM action_undo u WHERE u.action_id = ANY(%s)
    UNION ALL SELECT u.action_id, u.undo_id, chain.depth + 1
    FROM action_undo u JOIN chain ON u.action_id = chain.undo_id)
SELECT action_id, undo_id, depth FROM chain
"""
RUNS = """
SELECT table_name, operation, fingerprint, min(seq), max(seq), count(*) FROM (
    SELECT seq, table_name, operation, fingerprint, sum(turn) OVER (ORDER BY seq) AS run
    FROM (SELECT seq, table_name, operation, fingerprint,
                 (lag((table_name, operation, fingerprint)) OVER (ORDER BY seq)
                  IS DISTINCT FROM (table_name, operation, fingerprint))::int AS turn
          FROM row_image WHERE action_id = ANY(%s)) AS turns) AS runs
GROUP BY table_name, operation, fingerprint, run ORDER BY min(seq) DESC
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring images of one table and operation, to be taken back together."""

    table: ImagedTable
    operation: str
    fingerprint: str
    first: int
    last: int
    images: int


@dataclass(frozen=True, slots=True)
class ConflictingRow:
    """A row that is not as the action left it, or that is deleted and would be needed (`gone`)."""

    table: str
    row_id: UUID
    reason: str  # `changed`, `missing`, `present`, `referenced`, `known` or `gone`


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What `undo` would do: runs newest first; empty `conflicts` and `later` mean that nothing is in the way."""

    action: Action
    spec: CommandSpec | None
    action_ids: tuple[UUID, ...]
    runs: tuple[Run, ...]
    conflicts: tuple[ConflictingRow, ...]
    later: tuple[UUID, ...]
    is_undone: bool
    refusal: str

    @property
    def possible(self) -> bool:
        """Say whether undo would go through as things stand."""
        return not (self.refusal or self.conflicts or self.is_undone)

    @property
    def row_count(self) -> int:
        """How many row changes would be taken back."""
        return sum(run.images for run in self.runs)


def action_tree(action_id: UUID) -> tuple[UUID, ...]:
    """The action and all actions inside it. Raises RowNotFound for a missing or foreign one."""
    with connection.cursor() as cursor:
        cursor.execute(TREE, [action_id])
        found = tuple(row[0] for row in cursor.fetchall())
    if not found:
        raise RowNotFound
    return found


def parts_among(actions: Iterable[Action]) -> set[UUID]:
    """Those of the actions that are taken back with another one only.

    What an order for many records did to each of them stands by itself: one of them may be taken back alone.
    """
    inner = {action.pk: action.parent_id for action in actions if action.parent_id is not None}
    if not inner:
        return set()
    orders = Action.objects.filter(pk__in=set(inner.values()), command__in=BULK_COMMANDS)
    of_orders = set(orders.values_list("pk", flat=True))
    return {action_id for action_id, parent_id in inner.items() if parent_id not in of_orders}


def undone_actions(action_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the actions that are taken back at present."""
    wanted = list(action_ids)
    with connection.cursor() as cursor:
        cursor.execute(UNDONE_BY, [wanted])
        links = cursor.fetchall()
    undoers: dict[UUID, list[UUID]] = {}
    for action_id, undo_id, _depth in links:
        undoers.setdefault(action_id, []).append(undo_id)

    def counts(action_id: UUID) -> bool:
        return not any(counts(undo_id) for undo_id in undoers.get(action_id, ()))

    return {action_id for action_id in wanted if not counts(action_id)}


def runs_of(action_ids: tuple[UUID, ...]) -> tuple[Run, ...]:
    """The runs of the actions' images, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(RUNS, [list(action_ids)])
        rows = cursor.fetchall()
    tables = {name: imaged_table(name) for name in {row[0] for row in rows}}
    return tuple(Run(tables[name], *rest) for name, *rest in rows)


def spec_of(action: Action) -> CommandSpec | None:
    """The declaration of the action's command, None when its module is gone."""
    return COMMANDS.get(action.command)
