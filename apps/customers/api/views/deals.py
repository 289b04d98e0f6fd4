"""REST interface of deals and their visits to stages."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.filters import DealFilters
from apps.customers.api.serializers import (
    DealListSerializer,
    DealLossSerializer,
    DealMoveSerializer,
    DealSerializer,
    TransitionSerializer,
)
from apps.customers.api.views.restricting import RestrictedRecords, restricting
from apps.customers.features import MANAGE_DEALS, VIEW_DEALS
from apps.customers.models import Deal, StageTransition
from apps.kernel.api.guarding import guarded
from apps.kernel.api.reading.viewset import ReadingViewSet

ACTIONS = ("restore", "move", "win", "lose", "reopen")


class DealViewSet(RestrictedRecords):
    """Deals of the selected organizations; new ones go to the one that is selected."""

    entity = Deal.entity_id
    serializer_class = DealSerializer
    filterset_class = DealFilters
    filter_fields = (
        "organization_id",
        "title",
        "pipeline_id",
        "stage_id",
        "stage_since",
        "value_amount",
        "value_currency",
        "base_amount",
        "probability",
        "expected_close_on",
        "outcome",
        "closed_at",
        "loss_reason_id",
        "owner_id",
        "source_id",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("title", "expected_close_on", "closed_at", "base_amount", "created_at", "updated_at")
    default_ordering = "-created_at"
    create_command = services.create_deal
    update_command = services.update_deal
    delete_command = services.delete_deal
    restriction = services.DEALS
    bulk_commands: ClassVar[dict[str, Any]] = {"win": services.win_deal, "reopen": services.reopen_deal}
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_DEALS, manage=MANAGE_DEALS, **dict.fromkeys(ACTIONS, (MANAGE_DEALS,)), **restricting(MANAGE_DEALS)
    )

    def get_serializer_class(self) -> Any:
        """Lists show a deal's own columns."""
        return DealListSerializer if self.action == "list" else super().get_serializer_class()

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring a deleted deal back."""
        return self.pressed(request, services.restore_deal, pk)

    @extend_schema(request=DealMoveSerializer, responses={200: DealSerializer})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: UUID) -> Response:
        """Bring the deal to another stage."""
        return self.answered(services.move_deal, pk, **self.checked(request, serializer=DealMoveSerializer))

    @action(detail=True, methods=["post"])
    def win(self, request: Request, pk: UUID) -> Response:
        """Close the deal as won."""
        return self.pressed(request, services.win_deal, pk)

    @extend_schema(request=DealLossSerializer, responses={200: DealSerializer})
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, pk: UUID) -> Response:
        """Close the deal as lost, with the reason if there is one."""
        return self.answered(services.lose_deal, pk, **self.checked(request, serializer=DealLossSerializer))

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: UUID) -> Response:
        """Open the closed deal again."""
        return self.pressed(request, services.reopen_deal, pk)


class TransitionViewSet(ReadingViewSet):
    """Every visit of a deal to a stage: `?deal_id=` chooses one."""

    entity = StageTransition.entity_id
    serializer_class = TransitionSerializer
    filter_fields = ("deal_id", "from_stage_id", "to_stage_id", "entered_at", "left_at", "by_id")
    ordering_fields = ("entered_at",)
    default_ordering = "-entered_at"
    features: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(("list", "retrieve"), (VIEW_DEALS,))
