"""Shapes of record types and their records in the REST interface."""

from __future__ import annotations

from typing import ClassVar

from apps.entities.models import Record, RecordType
from apps.kernel.api.serializers import StrictModelSerializer


class RecordTypeSerializer(StrictModelSerializer):
    """A kind of record that the tenant has made. Its fields are definitions of the entity `custom.<key>`."""

    class Meta:
        model = RecordType
        fields = (
            "id",
            "key",
            "label",
            "label_plural",
            "icon",
            "description",
            "label_field",
            "version",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar = {"label_plural": {"required": False}}


class ChangedRecordTypeSerializer(RecordTypeSerializer):
    """A change of a type; its key never changes."""

    class Meta(RecordTypeSerializer.Meta):
        read_only_fields = ("key",)


class RecordSerializer(StrictModelSerializer):
    """A record. `title` may be left out where a field of the type names its records."""

    class Meta:
        model = Record
        fields = ("id", "organization_id", "title", "version", "created_at", "updated_at")
        extra_kwargs: ClassVar = {"title": {"required": False}}
