"""REST interface of interactions."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.filters import InteractionFilter
from apps.customers.api.serializers.interactions import (
    AnswerSerializer,
    InteractionListSerializer,
    InteractionSerializer,
    MovedOccurrenceSerializer,
    OccurrenceSerializer,
    PlanSerializer,
)
from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models import Interaction
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet

MANAGED = (
    "restore",
    "complete",
    "cancel",
    "reopen",
    "reschedule",
    "pin",
    "unpin",
    "complete_occurrence",
    "cancel_occurrence",
    "move_occurrence",
    "reopen_occurrence",
)


class InteractionViewSet(CommandViewSet):
    """Interactions of the selected organizations that the caller may see; new ones go to the one that is selected."""

    entity = Interaction.entity_id
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilter
    filter_fields = (
        "organization_id",
        "customer_id",
        "deal_id",
        "type",
        "status",
        "owner_id",
        "author_id",
        "priority",
        "title",
        "scheduled_at",
        "occurred_at",
        "is_all_day",
        "visibility",
        "external_id",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("scheduled_at", "occurred_at", "created_at", "updated_at")
    default_ordering = "-created_at"
    create_command = services.create_interaction
    update_command = services.update_interaction
    delete_command = services.delete_interaction
    bulk_commands: ClassVar[dict[str, Any]] = {
        "complete": services.complete_interaction,
        "cancel": services.cancel_interaction,
    }
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_INTERACTIONS,
        manage=MANAGE_INTERACTIONS,
        answer=(VIEW_INTERACTIONS,),
        **dict.fromkeys(MANAGED, (MANAGE_INTERACTIONS,)),
    )

    def get_serializer_class(self) -> Any:
        """Lists show an interaction's own columns."""
        return InteractionListSerializer if self.action == "list" else super().get_serializer_class()

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring a deleted interaction back."""
        return self.pressed(request, services.restore_interaction, pk)

    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: UUID) -> Response:
        """Say that it is done, now."""
        return self.pressed(request, services.complete_interaction, pk)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Say that it will not take place."""
        return self.pressed(request, services.cancel_interaction, pk)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: UUID) -> Response:
        """Plan it again."""
        return self.pressed(request, services.reopen_interaction, pk)

    @action(detail=True, methods=["post"])
    def pin(self, request: Request, pk: UUID) -> Response:
        """Keep it in sight."""
        return self.pressed(request, services.pin_interaction, pk)

    @action(detail=True, methods=["post"])
    def unpin(self, request: Request, pk: UUID) -> Response:
        """Let it go with the others."""
        return self.pressed(request, services.unpin_interaction, pk)

    @extend_schema(request=AnswerSerializer, responses={200: InteractionSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: UUID) -> Response:
        """Say whether the caller, who takes part, comes."""
        values = self.checked(request, serializer=AnswerSerializer)
        return self.answered(services.answer_interaction, pk, **values)

    @extend_schema(request=PlanSerializer, responses={200: InteractionSerializer})
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, pk: UUID) -> Response:
        """Plan it for another time."""
        values = self.checked(request, serializer=PlanSerializer)
        return self.answered(services.reschedule_interaction, pk, **values)

    @extend_schema(request=OccurrenceSerializer, responses={200: InteractionSerializer})
    @action(detail=True, methods=["post"], url_path="complete-occurrence")
    def complete_occurrence(self, request: Request, pk: UUID) -> Response:
        """Say that one of the series is done."""
        return self._of_series(request, services.complete_occurrence, pk)

    @extend_schema(request=OccurrenceSerializer, responses={200: InteractionSerializer})
    @action(detail=True, methods=["post"], url_path="cancel-occurrence")
    def cancel_occurrence(self, request: Request, pk: UUID) -> Response:
        """Say that one of the series does not take place."""
        return self._of_series(request, services.cancel_occurrence, pk)

    @extend_schema(request=OccurrenceSerializer, responses={200: InteractionSerializer})
    @action(detail=True, methods=["post"], url_path="reopen-occurrence")
    def reopen_occurrence(self, request: Request, pk: UUID) -> Response:
        """Let one of the series go by the rule again."""
        return self._of_series(request, services.reopen_occurrence, pk)

    @extend_schema(request=MovedOccurrenceSerializer, responses={200: InteractionSerializer})
    @action(detail=True, methods=["post"], url_path="move-occurrence")
    def move_occurrence(self, request: Request, pk: UUID) -> Response:
        """Have one of the series take place at another time."""
        values = self.checked(request, serializer=MovedOccurrenceSerializer)
        return self.answered(services.move_occurrence, pk, **values)

    def _of_series(self, request: Request, command: Any, pk: UUID) -> Response:
        return self.answered(command, pk, **self.checked(request, serializer=OccurrenceSerializer))
