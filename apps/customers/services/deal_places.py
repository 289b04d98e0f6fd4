"""Where a deal stands: the stage that it goes to, what that stage demands, and the record of every visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.calculations import lacking
from apps.customers.errors import NoStage
from apps.customers.events import DEAL_MOVED
from apps.customers.models import Deal, DealField, Pipeline, Stage, StageTransition
from apps.customers.selectors import living_pipelines, living_stages
from apps.kernel import clock
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

FOREIGN = "customers.deal.stage_foreign"
DEMANDED = "customers.deal.field_demanded"


def stage_for(organization_id: UUID, *, pipeline_id: UUID | None, stage_id: UUID | None) -> Stage:
    """The stage that a deal of the organization goes to, held against deletion with its pipeline.

    Without a stage it is the first one of the pipeline, without a pipeline that of the default one. Raises
    InvalidInput for what is not there and for a stage of another pipeline, NoStage where there is nothing to choose.
    """
    stage = _named(organization_id, stage_id) if stage_id else _first(organization_id, pipeline_id)
    if pipeline_id is not None and stage.pipeline_id != pipeline_id:
        if not living_pipelines(organization_id).filter(pk=pipeline_id).exists():
            raise InvalidInput(errors=(no_such_record("pipeline_id"),))
        foreign = FieldError("stage_id", FOREIGN, _("This stage belongs to another pipeline."))
        raise InvalidInput(errors=(foreign,))
    held = hold(ENTITIES[Pipeline.entity_id], {stage.pipeline_id}) and hold(ENTITIES[Stage.entity_id], {stage.pk})
    if not held:
        raise InvalidInput(errors=(no_such_record("stage_id" if stage_id else "pipeline_id"),))
    return stage


def _named(organization_id: UUID, stage_id: UUID) -> Stage:
    rows = Stage.objects.filter(pk=stage_id, organization_id=organization_id, deleted_at__isnull=True)
    stage: Stage | None = rows.select_related("pipeline").first()
    if stage is None:
        raise InvalidInput(errors=(no_such_record("stage_id"),))
    return stage


def _first(organization_id: UUID, pipeline_id: UUID | None) -> Stage:
    pipelines = living_pipelines(organization_id)
    chosen = pipelines.filter(is_default=True) if pipeline_id is None else pipelines.filter(pk=pipeline_id)
    pipeline = chosen.first()
    if pipeline is None and pipeline_id is not None:
        raise InvalidInput(errors=(no_such_record("pipeline_id"),))
    stage = None if pipeline is None else living_stages([pipeline.pk]).select_related("pipeline").first()
    if stage is None:
        raise NoStage
    return stage


def demanded(stage: Stage, given: Mapping[str, Any], *, among: Iterable[str] | None = None) -> Iterator[FieldError]:
    """Complaints about what the stage demands and the deal has not got; `among` narrows them to these fields."""
    asked = [name for name in stage.required_fields if among is None or name in among]
    for name in lacking(asked, given):
        text = _("The stage “{stage}” demands this: {field}.")
        yield FieldError(name, DEMANDED, text.format(stage=stage.label, field=DealField(name).label))


def place(deal: Deal, stage: Stage, at: datetime) -> None:
    """Put the deal into the stage; saving it, and `note_visit`, are the caller's."""
    deal.stage, deal.pipeline, deal.stage_since = stage, stage.pipeline, at


def note_visit(deal: Deal, *, former: Stage | None) -> None:
    """Write down that the deal came to its stage, from the former one unless it has just begun."""
    if former is not None:
        StageTransition.objects.filter(deal=deal, left_at__isnull=True).update(
            left_at=deal.stage_since, updated_at=clock.now()
        )
    actor = current_scope().actor
    StageTransition(
        organization_id=deal.organization_id,
        deal=deal,
        from_stage=former,
        to_stage=deal.stage,
        entered_at=deal.stage_since,
        by_id=actor.id,
        by=actor.label,
    ).save(force_insert=True)
    if former is not None:
        DEAL_MOVED.emit(
            organization_id=deal.organization_id,
            resource_id=deal.pk,
            from_stage_id=former.pk,
            from_pipeline_id=former.pipeline_id,
            to_stage_id=deal.stage_id,
            to_pipeline_id=deal.pipeline_id,
        )
