"""What is read of the history: actions with all that belongs to them, undo plans, records, the log of reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Func, Max, Model, Q, QuerySet, TextField, Value, When

from apps.audit_logs.models import ReadAccess
from apps.kernel.commands.history.diffs import ActionDiff, RowDiff, diffs_of, taken_back
from apps.kernel.commands.history.labels import RecordLabels
from apps.kernel.commands.history.own import history_diffs
from apps.kernel.commands.history.reads import note_diffs
from apps.kernel.commands.history.records import Column
from apps.kernel.commands.history.states import Obstacle, UndoState, states_of
from apps.kernel.commands.history.visibility import trees_of, visible_actions, within_sight
from apps.kernel.commands.history.wording import area_label
from apps.kernel.commands.models import Action, ActionUndo, RowImage
from apps.kernel.commands.undo.engine import plan_undo, seeing_all_of
from apps.kernel.commands.undo.plan import UndoPlan
from apps.kernel.commands.undo.tables import imaged_table
from apps.kernel.errors import Conflict, RowNotFound
from apps.kernel.extensions.periods import Period
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import ActorKind, current_scope

MOST_CHILDREN = 100
MOST_LATER = 100
LOOKED_THROUGH = 200
UNPLANNED = frozenset({"permission", "not_installed"})


@dataclass(frozen=True, slots=True)
class ActionDetail:
    """An action with what it changed. `undoes` are the actions that it took back; `children` ran inside it."""

    action: Action
    state: UndoState
    diff: ActionDiff
    children: Sequence[Action]
    undoes: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """A row in the way of undo, for people."""

    entity: str
    row_id: UUID
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanFound:
    """What undoing an action would do.

    `plan` None: it cannot be undone by the reader, so nobody looked for conflicts; `obstacle` says why.
    """

    action: Action
    obstacle: Obstacle | None
    restored: ActionDiff
    plan: UndoPlan | None
    later: Sequence[Action]
    conflicts: Sequence[ConflictFound]


def action_detail(action: Action) -> ActionDetail:
    """The action with everything that belongs to it; a fixed number of queries and one for each kind of record."""
    with seeing_all_of(action):
        diff = diffs_of(trees_of([action.pk]), RecordLabels(), reveals=True).get(action.pk) or ActionDiff()
        note_diffs([diff])
        return ActionDetail(
            action=action,
            state=states_of([action])[action.pk],
            diff=diff,
            children=list(Action.objects.filter(parent_id=action.pk).order_by("id")[:MOST_CHILDREN]),
            undoes=list(ActionUndo.objects.filter(undo_id=action.pk).values_list("action_id", flat=True)),
        )


def undo_plan(action: Action) -> PlanFound:
    """What undoing the action would do and what is in the way. Writes nothing."""
    detail = action_detail(action)
    obstacle, restored = detail.state.obstacle, taken_back(detail.diff)
    if obstacle is not None and obstacle.code in UNPLANNED:
        return PlanFound(action, obstacle, restored, None, (), ())
    try:
        plan = plan_undo(action.pk)
    except Conflict as refusal:  # the tables have changed since
        return PlanFound(action, Obstacle("conflict", refusal.detail), restored, None, (), ())
    later = list(Action.objects.filter(pk__in=plan.later).order_by("-id")[:MOST_LATER])
    with seeing_all_of(action):
        return PlanFound(action, obstacle, restored, plan, later, _conflicts(plan))


def _conflicts(plan: UndoPlan) -> list[ConflictFound]:
    labels, found = RecordLabels(), []
    entities = {row.row_id: imaged_table(row.table).entity for row in plan.conflicts}
    labels.fetch((entity, row_id) for row_id, entity in entities.items() if entity)
    for row in plan.conflicts:
        entity = entities[row.row_id]
        found.append(ConflictFound(entity, row.row_id, labels.known(entity, row.row_id), row.reason))
    return found


def page_diffs(
    action_ids: Iterable[UUID], record_id: UUID, *, model: type[Model], column: Column | None = None
) -> dict[UUID, list[RowDiff]]:
    """Row by row what each of the actions changed in the history of a record; with a `column` only that of it."""
    actions = list(Action.objects.filter(pk__in=list(action_ids)))
    diffs = history_diffs(
        actions, record_id, RecordLabels(), model=model, field=column.field if column else "", reveals=True
    )
    note_diffs(diffs.values())
    return {root: diff.rows for root, diff in diffs.items()}


def known_entity(entity_id: str) -> Entity:
    """The kind of record. Raises RowNotFound for one that is not installed or keeps no history."""
    found = ENTITIES.get(entity_id)
    if found is None or not getattr(found.model, "audited", False):
        raise RowNotFound
    return found


def demand_record(entity: Entity, record_id: UUID) -> None:
    """Raise RowNotFound unless the scope sees the record, or images of it where it was deleted for good."""
    rows = entity.model._default_manager.filter(pk=record_id)
    if entity.labels([record_id]):
        return
    table = entity.model._meta.db_table
    if rows.exists() or not RowImage.objects.filter(row_id=record_id, table_name=table).exists():
        raise RowNotFound


def recorded_reads() -> QuerySet[Any]:
    """Reads of sensitive records that the scope sees, newest first."""
    return within_sight(ReadAccess.objects.all(), "organization_ids").order_by("-created_at", "-id")


def latest_of_others(most: int) -> list[Action]:
    """What other people and programs did lately, newest first: among the latest actions of the whole tenant.

    Only so many are looked through, so that a million of somebody's own do not have to be skipped one by one.
    """
    own = current_scope().actor.id
    recent = visible_actions().values_list("pk", "actor_id", "actor_kind")[:LOOKED_THROUGH]
    chosen = [pk for pk, actor, kind in recent if actor != own and kind != ActorKind.SYSTEM][:most]
    return list(visible_actions().filter(pk__in=chosen)) if chosen else []


def changes_by_area(period: Period) -> dict[str, dict[date, int]]:
    """How many outermost changes there were in each stretch of the period, by module; the liveliest first."""
    rows = visible_actions().filter(period.during("created_at")).order_by()
    first = Func(_area_column(), Value("."), Value(1), function="split_part", output_field=TextField())
    counted = rows.annotate(bucket=period.bucket("created_at"), area=first).values_list("area", "bucket")
    found: defaultdict[str, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for area, day, count in counted.annotate(count=Count("pk")):
        found[area_label(area)][day] += count
    lively = sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    return {name: dict(counts) for name, counts in lively}


def _area_column() -> Any:
    """What a change belongs to: what the platform does to any record belongs to the record's module."""
    of_platform = Q(command__startswith="kernel.") | Q(command__startswith="access.")
    about = When(of_platform & ~Q(resource_entity=""), then=F("resource_entity"))
    return Case(about, default=F("command"), output_field=TextField())


def changes_by_person(period: Period, *, limit: int) -> list[tuple[str, int]]:
    """Who made how many outermost changes in the period, people and programs, the house itself left out."""
    rows = visible_actions().filter(period.during("created_at")).exclude(actor_kind=ActorKind.SYSTEM)
    counted = rows.order_by().values_list("actor_id").annotate(count=Count("pk"), name=Max("actor_label"))
    return [(name, count) for _id, count, name in counted.order_by("-count", "name")[:limit]]
