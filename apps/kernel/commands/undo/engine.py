"""Plan and undo: an action is taken back by the platform, from its row images."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from apps.kernel.commands.declarations import COMMANDS, UNDO, command
from apps.kernel.commands.errors import AlreadyUndone, NotUndoable, UndoConflict
from apps.kernel.commands.executor import demand_feature, execute
from apps.kernel.commands.guards import run_guards
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.loading import hold_lock
from apps.kernel.commands.models import Action, ActionUndo
from apps.kernel.commands.running import running
from apps.kernel.commands.undo.closing import closings
from apps.kernel.commands.undo.conflicts import actions_in_the_way, conflicting_rows, lock_rows
from apps.kernel.commands.undo.needs import hold_needed
from apps.kernel.commands.undo.plan import (
    ERASED,
    Run,
    UndoPlan,
    action_tree,
    parts_among,
    runs_of,
    spec_of,
    undone_actions,
)
from apps.kernel.commands.undo.restore import restore
from apps.kernel.commands.undo.validation import check_references, judge_hidden, judge_rows
from apps.kernel.commands.undo.visibility import demand_reached_rows
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

MANY_IMAGES = 500
UNDO_OWN = "audit_logs.undo_self"
UNDO_ANY = "audit_logs.undo_tenant"


def plan_undo(action_id: UUID) -> UndoPlan:
    """What undoing the action would do and what is in the way. Writes nothing.

    Raises RowNotFound for an action that the scope does not see whole, FeatureRequired without the right,
    RecordReadOnly where it changed a restricted record that the actor may only see.
    """
    action = find_action(action_id)
    demand_right(action)
    with seeing_all_of(action):
        return _plan(action)


def find_action(action_id: UUID) -> Action:
    """The action. Raises RowNotFound for a missing or foreign one."""
    action: Action | None = Action.objects.filter(pk=action_id).first()
    if action is None:
        raise RowNotFound
    return action


@contextmanager
def seeing_all_of(action: Action) -> Iterator[None]:
    """Run the block only where the scope sees every organization whose rows the action touched.

    Organizations that are no more (the action created or deleted them) are seen by those who may see the
    whole tenant. Raises RowNotFound otherwise.
    """
    scope = current_scope()
    unseen = set(action.organizations) - scope.organization_ids
    if not unseen:
        yield
        return
    may_see_all = scope.actor.access.organization_ids is None
    if not may_see_all or unseen & service(OrganizationTree).all_living():
        raise RowNotFound
    with using_scope(replace(scope, organization_ids=scope.organization_ids | unseen)), scoped_transaction():
        yield


def demand_right(action: Action) -> None:
    """Own actions need one feature, others' another; both the features of what would be done or taken back."""
    scope = current_scope()
    own = action.actor_id is not None and action.actor_id == scope.actor.id
    if not (own and scope.actor.access.allows(UNDO_OWN)):
        demand_feature(scope, UNDO_OWN if own else UNDO_ANY)
    _demand_features(scope, action)


def _demand_features(scope: Scope, action: Action) -> None:
    """Demand the feature of the command, of the one that it delegates to, and of what an undo took back."""
    spec = spec_of(action)
    if spec is None:
        return
    demand_feature(scope, spec.feature)
    worker = COMMANDS.get(str(action.input.get(spec.delegates, ""))) if spec.delegates else None
    demand_feature(scope, worker.feature if worker else "")
    if action.command == UNDO:
        taken_back = ActionUndo.objects.filter(undo_id=action.pk).values("action_id")
        for former in Action.objects.filter(pk__in=taken_back):
            _demand_features(scope, former)


def _plan(action: Action) -> UndoPlan:
    tree = action_tree(action.pk)
    runs = runs_of(tree)
    spec = spec_of(action)
    compensated = spec is not None and bool(spec.undone_by)  # the compensating command judges by itself
    is_erased = any(run.fingerprint == ERASED for run in runs)
    with set_based(runs):
        demand_reached_rows(runs, tree)
        conflicts = () if compensated or is_erased else conflicting_rows(runs, tree)
    return UndoPlan(
        action=action,
        spec=spec,
        action_ids=tree,
        runs=runs,
        conflicts=conflicts,
        later=actions_in_the_way(conflicts, runs, tree),
        is_undone=action.pk in undone_actions([action.pk]),
        refusal=_("it holds data of a person who has been erased.")
        if is_erased
        else _refusal(action, has_images=bool(runs)),
    )


@contextmanager
def set_based(runs: tuple[Run, ...]) -> Iterator[None]:
    """Keep the planner from nested loops over many images.

    A large action is often younger than the statistics, and a loop planned for ten rows takes hours for
    a hundred thousand; few images are looked up one by one as always.
    """
    if sum(run.images for run in runs) < MANY_IMAGES:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def _refusal(action: Action, *, has_images: bool) -> str:
    spec = spec_of(action)
    if parts_among([action]):
        return _("it is a part of the change {change}; undo that one.").format(change=action.parent_id)
    if spec is None:
        return _("the command {command} is not installed.").format(command=action.command)
    if not spec.undoable:
        return str(spec.undo_reason)
    return "" if has_images else _("it changed nothing.")


def _example(scope: Scope) -> dict[str, Any]:
    newest = Action.objects.filter(parent_id=None).exclude(command=UNDO).order_by("-id").first()
    return {"action_id": newest.pk if newest else None}


@command(
    UNDO,
    open_reason="own changes need audit_logs.undo_self, others' audit_logs.undo_tenant; checked inside",
    resource="kernel.action",
    example=_example,
)
def undo(action_id: UUID, *, cascade: bool = False) -> Action:
    """Take an action back; the undo is an action itself, so undoing it is redo.

    `cascade` first takes back the later actions in the way, newest first. Raises AlreadyUndone, NotUndoable,
    UndoConflict (with the actions in the way), SchemaChanged, and whatever today's rules refuse.
    """
    hold_lock(f"undo:{action_id}")
    action = find_action(action_id)
    demand_right(action)
    with seeing_all_of(action):
        plan = _plan(action)
        _refuse(plan, cascade=cascade)
        if plan.conflicts:
            _undo_later(plan)
            plan = _plan(action)
            _refuse(plan, cascade=False)
        _take_back(plan)
    ActionUndo(action_id=action.pk, undo_id=running().action_id).save(force_insert=True)
    return action


def _refuse(plan: UndoPlan, *, cascade: bool) -> None:
    if plan.refusal:
        raise NotUndoable(reason=plan.refusal)
    if plan.is_undone:
        raise AlreadyUndone
    if plan.conflicts and not (cascade and plan.later):
        rows = [{"table": row.table, "id": str(row.row_id), "reason": row.reason} for row in plan.conflicts]
        raise UndoConflict(actions=[str(item) for item in plan.later], rows=rows)


def _undo_later(plan: UndoPlan) -> None:
    for action_id in plan.later:
        if action_id not in undone_actions([action_id]):
            undo(action_id, cascade=True)


def _take_back(plan: UndoPlan) -> None:
    if plan.spec is not None:
        run_guards(plan.spec, dict(plan.action.input), is_undo=True)
    with invoked(is_undo=True):
        if plan.spec is not None and plan.spec.undone_by:
            execute(COMMANDS[plan.spec.undone_by], (plan.action.resource_id,), {})
        else:
            _restore_rows(plan)


def _restore_rows(plan: UndoPlan) -> None:
    with set_based(plan.runs):
        for closing in closings(plan.runs, plan.action_ids):
            closing.lock()
        for table in {run.table.name: run.table for run in plan.runs if not run.table.closes}.values():
            lock_rows(table, plan.action_ids)
        hold_needed(plan.runs, plan.action_ids)
        if conflicts := conflicting_rows(plan.runs, plan.action_ids):
            later = actions_in_the_way(conflicts, plan.runs, plan.action_ids)
            raise UndoConflict(actions=[str(item) for item in later], rows=[])
        judge_rows(plan.runs, plan.action_ids)
        restore(plan.runs, plan.action_ids)
        judge_hidden(plan.runs, plan.action_ids)
        check_references(plan.runs, plan.action_ids)
