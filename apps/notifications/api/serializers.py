"""Shapes of mails in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.kernel.api.serializers import StrictModelSerializer, StrictSerializer, StrictUUIDField
from apps.notifications.models import Mail

MOST = 200


class MailSerializer(StrictModelSerializer):
    """One mail of a list. `content` says whether there is a text: `kept`, `not_kept` (a token) or `removed` (old)."""

    class Meta:
        model = Mail
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "template",
            "about_id",
            "recipient",
            "subject",
            "content",
            "locale",
            "message_id",
            "status",
            "attempts",
            "last_error",
            "sent_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class MailDetailSerializer(MailSerializer):
    """One mail with its plain text, null where it is not kept."""

    class Meta(MailSerializer.Meta):
        fields = (*MailSerializer.Meta.fields, "text")
        read_only_fields = fields


class IdsSerializer(StrictSerializer):
    """Mails to send again."""

    ids = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=MOST)


class MailAnswers(serializers.Serializer[Any]):
    """The mails that will be sent again."""

    results = MailSerializer(many=True)
