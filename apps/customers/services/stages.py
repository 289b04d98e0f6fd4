"""Single stages of a pipeline: adding at a place, changing, arranging, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from apps.customers.errors import StageOrderIncomplete
from apps.customers.features import MANAGE_PIPELINES
from apps.customers.models import Pipeline, Stage
from apps.customers.selectors import living_stages
from apps.customers.services.pipelines import example_stages, new_pipeline
from apps.customers.services.stage_lists import FIELDS, MOST_STAGES, hide_stages
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound, too_many
from apps.kernel.ordering import placed
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope


def _new_stage(scope: Scope) -> dict[str, Any]:
    return {"pipeline_id": new_pipeline(scope).pk, "label": "Negotiation", "probability": 80, "position": 1}


def _some_stage(scope: Scope) -> dict[str, Any]:
    return {"stage_id": create_stage(**_new_stage(scope)).pk}


def _changed_stage(scope: Scope) -> dict[str, Any]:
    return {**_some_stage(scope), "probability": 70, "position": 0, "required_fields": ["value_amount"]}


def _reordered(scope: Scope) -> dict[str, Any]:
    pipeline = new_pipeline(scope)
    return {"pipeline_id": pipeline.pk, "stage_ids": [row.pk for row in reversed(example_stages(pipeline))]}


@command("customers.stage.create", feature=MANAGE_PIPELINES, example=_new_stage)
def create_stage(
    *,
    pipeline_id: UUID,
    label: str,
    position: int | None = None,
    probability: int = 0,
    required_fields: Sequence[str] = (),
    stale_after_days: int | None = None,
    icon: str = "",
    color: str = "",
) -> Stage:
    """Add a stage at a place of its pipeline, counted from 0, as far as there are places; None is the end.

    Raises InvalidInput, Duplicate.
    """
    pipeline = _parent(pipeline_id)
    if pipeline is None:
        raise InvalidInput(errors=(no_such_record("pipeline_id"),))
    others = list(living_stages([pipeline.pk]))
    stage = Stage(pipeline=pipeline, organization_id=pipeline.organization_id, label=label, probability=probability)
    stage.required_fields, stage.stale_after_days = list(required_fields), stale_after_days
    stage.icon, stage.color = icon, color
    _demand_sound(stage, others)
    _number(placed(others, stage, position), stage)
    stage.save(force_insert=True)
    pipeline.touch()
    return stage


@command("customers.stage.update", feature=MANAGE_PIPELINES, example=_changed_stage)
def update_stage(
    stage_id: UUID,
    *,
    label: str | Unchanged = UNCHANGED,
    position: int | Unchanged = UNCHANGED,
    probability: int | Unchanged = UNCHANGED,
    required_fields: Sequence[str] | Unchanged = UNCHANGED,
    stale_after_days: int | Unchanged | None = UNCHANGED,
    icon: str | Unchanged = UNCHANGED,
    color: str | Unchanged = UNCHANGED,
) -> Stage:
    """Change what is given; a stage stays in its pipeline. Raises RowNotFound, InvalidInput, Duplicate."""
    given = {name: value for name, value in locals().items() if name not in {"stage_id", "position"}}
    stage, pipeline = _living(stage_id)
    others = [row for row in living_stages([pipeline.pk]) if row.pk != stage.pk]
    changed = set_given(stage, **given)
    stage.required_fields = list(stage.required_fields)
    _demand_sound(stage, others)
    if position is not UNCHANGED:
        _number(placed(others, stage, position), stage)
        changed.append("position")
    stage.save(update_fields=[*changed, "version"])
    pipeline.touch()
    return stage


@command("customers.stage.delete", feature=MANAGE_PIPELINES, example=_some_stage)
def delete_stage(stage_id: UUID) -> Stage:
    """Hide a stage that no deal is in. Raises RowNotFound, StageHasDeals and InUse with counts."""
    stage, pipeline = _living(stage_id)
    hide_stages([stage.pk])
    pipeline.touch()
    stage.refresh_from_db(fields=["deleted_at", "updated_at"])
    return stage


@command("customers.pipeline.reorder_stages", feature=MANAGE_PIPELINES, example=_reordered)
def reorder_stages(pipeline_id: UUID, *, stage_ids: Sequence[UUID]) -> Pipeline:
    """Arrange all stages of a pipeline in this order. Two statements, however many there are.

    Raises RowNotFound, StageOrderIncomplete unless each living stage is named once.
    """
    pipeline = load_living(Pipeline, pipeline_id)
    rows = {row.pk: row for row in living_stages([pipeline.pk])}
    if len(stage_ids) != len(rows) or set(stage_ids) != set(rows):
        text = str(StageOrderIncomplete.message)
        raise StageOrderIncomplete(errors=(FieldError("stage_ids", StageOrderIncomplete.code, text),))
    _number([rows[item] for item in stage_ids])
    pipeline.touch()
    return pipeline


def _parent(pipeline_id: UUID) -> Pipeline | None:
    """The living pipeline, locked: who changes its stages waits for whoever does so now."""
    rows = Pipeline.objects.select_for_update(no_key=True, of=("self",))
    found: Pipeline | None = rows.filter(pk=pipeline_id, deleted_at__isnull=True).first()
    return found


def _living(stage_id: UUID) -> tuple[Stage, Pipeline]:
    """The stage and its pipeline, locked from above. Raises RowNotFound, StaleVersion."""
    pipeline_id = Stage.objects.filter(pk=stage_id).values_list("pipeline_id", flat=True).first()
    pipeline = _parent(pipeline_id) if pipeline_id is not None else None
    if pipeline is None:
        raise RowNotFound
    stage = load_living(Stage, stage_id)
    return stage, pipeline


def _demand_sound(stage: Stage, others: Sequence[Stage]) -> None:
    stage.label = " ".join(stage.label.split())
    more = []
    if stage._state.adding and len(others) >= MOST_STAGES:
        more.append(too_many("pipeline_id", MOST_STAGES))
    demand_valid(stage, FIELDS, more=more)


def _number(order: Sequence[Stage], own: Stage | None = None) -> None:
    """Number the stages as they stand; all are written but `own`, which its command saves."""
    moved = [row for place, row in enumerate(order) if row.position != place and row is not own]
    for place, row in enumerate(order):
        row.position = place
    for row in moved:
        row.version, row.updated_at = row.version + 1, clock.now()
    if moved:
        Stage.objects.bulk_update(moved, ["position", "version", "updated_at"])
