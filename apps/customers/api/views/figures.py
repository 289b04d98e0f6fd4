"""REST interface of key figures and boards of deals."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers.api.serializers.figures import (
    BoardQuestion,
    DealBoardAnswer,
    DealKpiAnswer,
    DealLanePageAnswer,
    KpiQuestion,
    LaneQuestion,
)
from apps.customers.api.showing import shown_board, shown_card, shown_kpis
from apps.customers.features import VIEW_DEALS
from apps.customers.models import Pipeline
from apps.customers.selectors.board import board, further_cards, pipeline_among, pipelines_to_show
from apps.customers.selectors.deal_sums import Asked
from apps.customers.selectors.kpis import chosen_period, kpis, tenant_profile, zone_of
from apps.kernel.api.plain import PlainView
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import no_such_record

CURSOR_INVALID = "kernel.cursor.invalid"


class DealKpiView(PlainView):
    """Key figures of deals."""

    features: ClassVar[tuple[str, ...]] = (VIEW_DEALS,)

    @extend_schema(parameters=[KpiQuestion], responses={200: DealKpiAnswer})
    def get(self, request: Request) -> Response:
        """What is in the pipeline, what was added, won and lost in the days of the tenant, and what that was before."""
        asked = self.asked(KpiQuestion)
        _demand_pipeline(asked.get("pipeline_id"))
        profile = tenant_profile()
        period = chosen_period(
            asked.get("period", ""), zone_of(profile), start=asked.get("start"), end=asked.get("end")
        )
        question = Asked(asked.get("pipeline_id"), asked.get("owner_id"))
        return Response(shown_kpis(kpis(period, question, usual_currency=profile.base_currency)))


class DealBoardView(PlainView):
    """The board of a pipeline."""

    features: ClassVar[tuple[str, ...]] = (VIEW_DEALS,)

    @extend_schema(parameters=[BoardQuestion], responses={200: DealBoardAnswer})
    def get(self, request: Request) -> Response:
        """Open deals by stage: figures of all of them, and the first ones of each lane, soonest expected first.

        Without a pipeline that of the organization which is its default.
        """
        asked = self.asked(BoardQuestion)
        pipeline = _demand_pipeline(asked.get("pipeline_id"))
        found = board(pipeline.pk if pipeline else None, owner_id=asked.get("owner_id"), cards=asked["cards"])
        return Response(shown_board(found))


class DealLaneView(PlainView):
    """More of a lane."""

    features: ClassVar[tuple[str, ...]] = (VIEW_DEALS,)

    @extend_schema(parameters=[LaneQuestion], responses={200: DealLanePageAnswer})
    def get(self, request: Request) -> Response:
        """Open deals of a stage that stand behind a card, even where that one has gone meanwhile."""
        asked = self.asked(LaneQuestion)
        question = Asked(owner_id=asked.get("owner_id"))
        try:
            cards, following = further_cards(question, asked["stage_id"], after=asked["after"], cards=asked["cards"])
        except ValueError:
            fault = FieldError("after", CURSOR_INVALID, _("This is no place of a lane."))
            raise InvalidInput(errors=(fault,)) from None
        return Response({"cards": [shown_card(card) for card in cards], "next": following or None})


def _demand_pipeline(pipeline_id: UUID | None) -> Pipeline | None:
    """The pipeline, else the usual one; None where there is none at all. Raises InvalidInput for an unknown one."""
    found = pipeline_among(pipelines_to_show(), pipeline_id)
    if found is None and pipeline_id is not None:
        fault = no_such_record("pipeline_id")
        raise InvalidInput(errors=(fault,))
    return found
