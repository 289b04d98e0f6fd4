"""Shapes of pipelines and stages in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.api.serializers.records import OWN
from apps.customers.models import DealField, Pipeline, Stage
from apps.customers.selectors import living_stages
from apps.customers.services.stage_lists import MOST_STAGES
from apps.kernel.api.serializers import StrictIntegerField, StrictModelSerializer, StrictSerializer, StrictUUIDField

STAGE = ("label", "probability", "required_fields", "stale_after_days", "icon", "color")
FURTHEST = 10_000


def demanded_fields() -> serializers.ListField:
    """What a stage may demand of deals."""
    return serializers.ListField(
        child=serializers.ChoiceField(choices=DealField.choices), required=False, max_length=len(DealField.choices)
    )


class StageRow(StrictModelSerializer):
    """A stage in the list of its pipeline; with the id of one that is there it changes that one."""

    id = StrictUUIDField(required=False)
    required_fields = demanded_fields()

    class Meta:
        model = Stage
        fields = ("id", *STAGE)


class Stages(serializers.ListSerializer[Any]):
    """Stages of a pipeline."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, in their order."""
        return living_stages([instance.pk])


class PipelineListSerializer(StrictModelSerializer):
    """A pipeline in a list."""

    position = StrictIntegerField(required=False, min_value=0, max_value=FURTHEST)

    class Meta:
        model = Pipeline
        fields = (*OWN, "name", "is_default", "position")


class PipelineSerializer(PipelineListSerializer):
    """A pipeline. Stages that are given take the place of those that are there, in the order given."""

    stages = Stages(child=StageRow(), required=False, max_length=MOST_STAGES)

    class Meta(PipelineListSerializer.Meta):
        fields = (*OWN, "name", "is_default", "position", "stages")  # type: ignore[assignment]


class StageSerializer(StrictModelSerializer):
    """A stage. It stays in its pipeline."""

    pipeline_id = StrictUUIDField(read_only=True)
    position = StrictIntegerField(required=False, min_value=0, max_value=FURTHEST)
    required_fields = demanded_fields()

    class Meta:
        model = Stage
        fields = (*OWN, "pipeline_id", "position", *STAGE)


class NewStageSerializer(StageSerializer):
    """A new stage: of a pipeline, at a place in it, without one at its end."""

    pipeline_id = StrictUUIDField()


class StageOrderSerializer(StrictSerializer):
    """All stages of a pipeline, in the order that they are to have."""

    stage_ids = serializers.ListField(child=StrictUUIDField(), max_length=MOST_STAGES)
