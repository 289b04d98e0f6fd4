"""Pipelines: adding, changing, arranging, deleting; the default one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.errors import PipelineHasDeals
from apps.customers.features import MANAGE_PIPELINES
from apps.customers.models import Pipeline, Stage
from apps.customers.selectors import count_deals, living_pipelines, living_stages
from apps.customers.services.lists import Given
from apps.customers.services.stage_lists import keep_pointers_out_of, settle_stages
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.defaults import mark, mark_complaints, unmark
from apps.kernel.commands.loading import hold_lock, keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.ordering import placed
from apps.kernel.references.usages import release
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.tenancy.transactions import scoped_transaction

FIELDS = ("name",)


def _new_pipeline(scope: Scope) -> dict[str, Any]:
    stages = [{"label": "First talk", "probability": 10}, {"label": "Offer", "probability": 60, "stale_after_days": 14}]
    return {"name": f"Projects {uuid7().hex[-6:]}", "stages": stages}


def new_pipeline(scope: Scope) -> Pipeline:
    """A pipeline for examples."""
    return create_pipeline(**_new_pipeline(scope))


def example_stages(pipeline: Pipeline) -> list[Stage]:
    """Its stages, for examples: those are made outside any command."""
    with scoped_transaction():
        return list(living_stages([pipeline.pk]))


def _some_pipeline(scope: Scope) -> dict[str, Any]:
    return {"pipeline_id": new_pipeline(scope).pk}


def _changed_pipeline(scope: Scope) -> dict[str, Any]:
    changes = {"name": f"Plans {uuid7().hex[-6:]}", "stages": [{"label": "Proposal"}, {"label": "Signing"}]}
    return {**_some_pipeline(scope), **changes, "position": 0}


@command("customers.pipeline.create", feature=MANAGE_PIPELINES, example=_new_pipeline)
def create_pipeline(
    *, name: str, is_default: bool = False, position: int | None = None, stages: Given = ()
) -> Pipeline:
    """Add a pipeline with its stages in their order; the first of an organization is the default one.

    `position` counts from 0, None is the end. Raises InvalidInput with all complaints, Duplicate.
    """
    pipeline = Pipeline(name=name, organization_id=current_scope().writing_organization())
    _hold_order(pipeline.organization_id)
    others = _others(pipeline)
    pipeline.is_default = is_default or not others
    settled = settle_stages(pipeline, stages)
    demand_valid(pipeline, FIELDS, more=settled.complaints)
    if pipeline.is_default:
        unmark(others)
    _arrange(others, pipeline, position)
    pipeline.save(force_insert=True)
    settled.store()
    return pipeline


@command("customers.pipeline.update", feature=MANAGE_PIPELINES, example=_changed_pipeline)
def update_pipeline(
    pipeline_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    is_default: bool | Unchanged = UNCHANGED,
    position: int | Unchanged = UNCHANGED,
    stages: Given | None = None,
) -> Pipeline:
    """Change what is given; stages are set as a whole, in their order. The default one stays it until another is.

    Raises RowNotFound, StageHasDeals for a stage that is not named any more, InvalidInput with all complaints.
    """
    pipeline = _living(pipeline_id)
    others = _others(pipeline)
    more = _default_complaints(pipeline, is_default)
    changed = set_given(pipeline, name=name, is_default=is_default)
    settled = settle_stages(pipeline, stages)
    demand_valid(pipeline, FIELDS, more=[*more, *settled.complaints])
    if is_default is True:
        unmark(others)
    if position is not UNCHANGED:
        _arrange(others, pipeline, position)
        changed.append("position")
    settled.store()
    pipeline.save(update_fields=[*changed, "version"])
    return pipeline


@command("customers.pipeline.delete", feature=MANAGE_PIPELINES, example=_some_pipeline)
def delete_pipeline(pipeline_id: UUID) -> Pipeline:
    """Hide a pipeline with its stages; of the default one the next takes the place.

    Raises RowNotFound, PipelineHasDeals and InUse with counts.
    """
    pipeline = _living(pipeline_id)
    others = _others(pipeline)
    keep_pointers_out(pipeline)
    if count := count_deals(pipeline=pipeline.pk):
        raise PipelineHasDeals(count=count)
    stages = list(living_stages([pipeline.pk]).values_list("pk", flat=True))
    keep_pointers_out_of(stages)
    release(Pipeline.entity_id, [pipeline.pk])
    release(Stage.entity_id, stages)
    pipeline.deleted_at = clock.now()
    Stage.objects.filter(pk__in=stages).update(deleted_at=pipeline.deleted_at, updated_at=pipeline.deleted_at)
    pipeline.save(update_fields=["deleted_at", "version"])
    if pipeline.is_default and others:
        mark(others[0], is_default=True)
    return pipeline


def _living(pipeline_id: UUID) -> Pipeline:
    """The pipeline, locked after the order that it stands in: others are written under that lock too."""
    owner = Pipeline.objects.filter(pk=pipeline_id).values_list("organization_id", flat=True).first()
    if owner is not None:
        _hold_order(owner)
    return load_living(Pipeline, pipeline_id)


def _hold_order(organization_id: UUID) -> None:
    """Let whoever changes the order of pipelines or the default one follow one another."""
    hold_lock(f"pipelines of {organization_id}")


def _others(pipeline: Pipeline) -> list[Pipeline]:
    """The other pipelines of its organization in their order, which is held."""
    return [row for row in living_pipelines(pipeline.organization_id) if row.pk != pipeline.pk]


def _default_complaints(pipeline: Pipeline, is_default: bool | Unchanged) -> list[FieldError]:
    text = _("Make another pipeline the default one instead.")
    return mark_complaints(pipeline, is_default, code="customers.pipeline.default_needed", message=text)


def _arrange(others: Sequence[Pipeline], pipeline: Pipeline, position: int | None) -> None:
    """Number the pipelines with this one at its place; the others are written, this one is not."""
    order = placed(list(others), pipeline, position)
    moved = [row for place, row in enumerate(order) if row.position != place and row is not pipeline]
    for place, row in enumerate(order):
        row.position = place
    for row in moved:
        row.version, row.updated_at = row.version + 1, clock.now()
    if moved:
        Pipeline.objects.bulk_update(moved, ["position", "version", "updated_at"])
