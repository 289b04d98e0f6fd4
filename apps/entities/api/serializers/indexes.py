"""Shapes of indexes of custom fields in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.entities.models import IndexStatus
from apps.kernel.api.serializers import StrictCharField, StrictSerializer


class IndexSerializer(StrictSerializer):
    """Which field an index is wanted for."""

    entity = StrictCharField(max_length=100)
    key = StrictCharField(max_length=64)


class IndexAnswer(serializers.Serializer[Any]):
    """An index of a field."""

    entity = serializers.CharField()
    key = serializers.CharField()
    status = serializers.ChoiceField(choices=IndexStatus.choices)
    asked_at = serializers.DateTimeField()
    built_at = serializers.DateTimeField(allow_null=True)


class IndexesAnswer(serializers.Serializer[Any]):
    """Indexes of the tenant's fields."""

    results = IndexAnswer(many=True)


class AcceptedIndex(serializers.Serializer[Any]):
    """The index is built behind the answer; the long job says how far it is."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()
