"""Shapes of files in the REST interface."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.attachments.calculations.kinds import THUMBNAILS
from apps.attachments.models import Attachment, FileStatus
from apps.attachments.services.links import link_to, thumbnail_links
from apps.kernel.api.serializers import (
    StrictCharField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

LINKS = {
    "type": "object",
    "properties": {
        "file": {"type": ["string", "null"]},
        "thumbnails": {
            "type": "object",
            "properties": {str(size): {"type": "string"} for size in THUMBNAILS},
        },
    },
}


class AttachmentSerializer(StrictModelSerializer):
    """One file. `name`, `note` and `position` can be changed; the content never."""

    sha256 = serializers.CharField(source="file.sha256", read_only=True)
    width = serializers.IntegerField(source="file.width", read_only=True, allow_null=True)
    height = serializers.IntegerField(source="file.height", read_only=True, allow_null=True)
    status = serializers.ChoiceField(source="file.status", choices=FileStatus.choices, read_only=True)
    has_thumbnails = serializers.BooleanField(source="file.has_thumbnails", read_only=True)

    class Meta:
        model = Attachment
        fields = (
            "id",
            "entity",
            "record_id",
            "name",
            "original_name",
            "note",
            "position",
            "content_type",
            "size",
            "sha256",
            "width",
            "height",
            "status",
            "has_thumbnails",
            "uploaded_by",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("entity", "record_id", "original_name", "content_type", "size", "uploaded_by")


class AttachmentDetailSerializer(AttachmentSerializer):
    """One file with addresses that are good for the caller, for some minutes; null while it is not handed out."""

    links = serializers.SerializerMethodField(label=_("links"))

    class Meta(AttachmentSerializer.Meta):
        fields = (*AttachmentSerializer.Meta.fields, "links")  # type: ignore[assignment]

    @extend_schema_field(LINKS)
    def get_links(self, row: Attachment) -> dict[str, Any]:
        """Addresses of the file and of its thumbnails."""
        return {"file": link_to(row), "thumbnails": thumbnail_links(row)}


@extend_schema_field({"type": "string", "format": "binary", "minLength": 1})
class UploadField(serializers.FileField):
    """A file with something in it."""


class UploadSerializer(StrictSerializer):
    """The form of an upload. Without `record_id` the file is a draft, for a record that is still to be made."""

    file = UploadField(max_length=1000, allow_empty_file=False)
    entity = StrictCharField(max_length=100)
    record_id = StrictUUIDField(required=False)
    note = StrictCharField(max_length=500, required=False, allow_blank=True)


class ClaimSerializer(StrictSerializer):
    """Drafts, and the record that they are for."""

    ids = serializers.ListField(child=StrictUUIDField(), min_length=1, max_length=200)
    entity = StrictCharField(max_length=100)
    record_id = StrictUUIDField()


class RoomSerializer(StrictSerializer):
    """Bytes: what the tenant's files take, what deleted ones still take, and how much the former may take."""

    used = serializers.IntegerField()
    deleted = serializers.IntegerField()
    limit = serializers.IntegerField()


class ClaimedSerializer(StrictSerializer):
    """The files as they are on the record."""

    results = AttachmentSerializer(many=True)
