"""Actions as the history shows them: who, when, what in words, the diff, and what may be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse

from apps.kernel.admin.access import allows
from apps.kernel.admin.diffs import ActionDiff, diffs_of
from apps.kernel.admin.labels import Labels, record_url
from apps.kernel.admin.wording import command_words, kind_words, module_label
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.models import Action, ActionUndo
from apps.kernel.commands.undo.engine import UNDO_ANY, UNDO_OWN
from apps.kernel.commands.undo.plan import undone_actions
from apps.kernel.tenancy.scope import current_scope

VIEW_OWN = "audit_logs.view_self"
VIEW_ANY = "audit_logs.view_tenant"
TREES = """
WITH RECURSIVE tree AS (
    SELECT id AS root, id FROM action WHERE id = ANY(%s)
    UNION ALL SELECT tree.root, child.id FROM action child JOIN tree ON child.parent_id = tree.id)
SELECT root, array_agg(id) FROM tree GROUP BY root
"""
ROOTS = """
WITH RECURSIVE climb AS (
    SELECT id, parent_id FROM action WHERE id = ANY(%s)
    UNION SELECT up.id, up.parent_id FROM action up JOIN climb ON climb.parent_id = up.id)
SELECT id FROM climb WHERE parent_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One outermost action for people. `redo_id` is the undo that may be taken back, None when there is none."""

    action: Action
    words: str
    kind: str
    module: str
    url: str
    is_undone: bool
    undo_url: str
    redo_id: UUID | None
    diff: ActionDiff

    @property
    def when(self) -> datetime:
        """When it was."""
        return self.action.created_at

    @property
    def is_own(self) -> bool:
        """Say whether the reader did it."""
        return self.action.actor_id is not None and self.action.actor_id == current_scope().actor.id


def visible_actions() -> Any:
    """Outermost actions that the actor may read, newest first: all of the tenant, own ones, or none."""
    scope = current_scope()
    rows = Action.objects.filter(parent_id=None, organizations__contained_by=sorted(scope.organization_ids))
    rows = rows.order_by("-created_at", "-id")
    if allows(VIEW_ANY):
        return rows
    own = scope.actor.id
    return rows.filter(actor_id=own) if allows(VIEW_OWN) and own else rows.none()


def roots_of(action_ids: Iterable[UUID]) -> set[UUID]:
    """The outermost actions around the given ones."""
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, [list(action_ids)])
        return {row[0] for row in cursor.fetchall()}


def trees_of(action_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Each action with all actions inside it."""
    with connection.cursor() as cursor:
        cursor.execute(TREES, [list(action_ids)])
        return dict(cursor.fetchall())


def may_undo(action: Action) -> bool:
    """Say whether the actor holds what undoing the action needs; the plan still decides whether it can be done."""
    spec = COMMANDS.get(action.command)
    if spec is None or not spec.undoable or action.parent_id is not None:
        return False
    own = action.actor_id is not None and action.actor_id == current_scope().actor.id
    if not (allows(UNDO_ANY) or (own and allows(UNDO_OWN))):
        return False
    return not spec.feature or allows(spec.feature)


def entries_of(actions: Sequence[Action], labels: Labels, *, with_diffs: bool = True) -> list[Entry]:
    """The actions for people, in the order given."""
    ids = [action.pk for action in actions]
    undone = undone_actions(ids) if ids else set()
    undoers = _undoers(undone)
    diffs = diffs_of(trees_of(ids), labels) if ids and with_diffs else {}
    return [_entry(action, undone, undoers, diffs.get(action.pk) or ActionDiff()) for action in actions]


def _undoers(undone: set[UUID]) -> dict[UUID, Action]:
    """The undo that holds now, for each undone action."""
    links = list(ActionUndo.objects.filter(action_id__in=undone).values_list("action_id", "undo_id"))
    gone = undone_actions([undo_id for _, undo_id in links]) if links else set()
    found = Action.objects.in_bulk({undo_id for _, undo_id in links} - gone)
    return {action_id: found[undo_id] for action_id, undo_id in links if undo_id in found}


def _entry(action: Action, undone: set[UUID], undoers: dict[UUID, Action], diff: ActionDiff) -> Entry:
    is_undone, undoer = action.pk in undone, undoers.get(action.pk)
    redoable = undoer is not None and may_undo(action) and may_undo(undoer)
    return Entry(
        action=action,
        words=command_words(action.command),
        kind=kind_words(action.resource_entity, action.command),
        module=module_label(action.command.partition(".")[0]),
        url=record_url(action.resource_entity, action.resource_id),
        is_undone=is_undone,
        undo_url="" if is_undone or not may_undo(action) else reverse("admin:undo_plan", args=[action.pk]),
        redo_id=undoer.pk if undoer is not None and redoable else None,
        diff=diff,
    )
