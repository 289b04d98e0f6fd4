"""REST interface of pipelines and their stages."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.serializers import (
    NewStageSerializer,
    PipelineListSerializer,
    PipelineSerializer,
    StageOrderSerializer,
    StageSerializer,
)
from apps.customers.features import MANAGE_PIPELINES, VIEW_PIPELINES
from apps.customers.models import Pipeline, Stage
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet


class PipelineViewSet(CommandViewSet):
    """Pipelines of the selected organizations; new ones go to the one that is selected."""

    entity = Pipeline.entity_id
    serializer_class = PipelineSerializer
    filter_fields = ("organization_id", "name", "is_default", "created_at", "updated_at")
    ordering_fields = ("position", "name")
    default_ordering = "position"
    create_command = services.create_pipeline
    update_command = services.update_pipeline
    delete_command = services.delete_pipeline
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_PIPELINES, manage=MANAGE_PIPELINES, reorder_stages=(MANAGE_PIPELINES,)
    )

    def get_serializer_class(self) -> Any:
        """Lists show a pipeline without its stages."""
        return PipelineListSerializer if self.action == "list" else super().get_serializer_class()

    @extend_schema(request=StageOrderSerializer, responses={200: PipelineSerializer})
    @action(detail=True, methods=["post"], url_path="stages/order")
    def reorder_stages(self, request: Request, pk: UUID) -> Response:
        """Arrange all stages of the pipeline."""
        return self.answered(services.reorder_stages, pk, **self.checked(request, serializer=StageOrderSerializer))


class StageViewSet(CommandViewSet):
    """Stages: `?pipeline_id=` chooses those of one pipeline."""

    entity = Stage.entity_id
    serializer_class = StageSerializer
    filter_fields = ("organization_id", "pipeline_id", "label", "probability", "position", "created_at", "updated_at")
    ordering_fields = ("position",)
    default_ordering = "position"
    create_command = services.create_stage
    update_command = services.update_stage
    delete_command = services.delete_stage
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PIPELINES, manage=MANAGE_PIPELINES)

    def get_serializer_class(self) -> Any:
        """A new stage says of which pipeline."""
        return NewStageSerializer if self.action == "create" else super().get_serializer_class()
