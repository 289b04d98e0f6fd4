"""Shapes of who may see a restricted record, in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.kernel.access.objects import Level
from apps.kernel.api.serializers import StrictSerializer, StrictUUIDField

LEVELS = [level.value for level in Level]


class RecordHolderSerializer(StrictSerializer):
    """A user, or everybody with a role."""

    user_id = StrictUUIDField(required=False, allow_null=True)
    role_id = StrictUUIDField(required=False, allow_null=True)


class RecordShareSerializer(RecordHolderSerializer):
    """To whom the record is granted, and how far: to see it, or to change it."""

    level = serializers.ChoiceField(choices=LEVELS, required=False)


class RecordHolderAnswer(serializers.Serializer[Any]):
    """Somebody to whom a record was granted."""

    user_id = serializers.UUIDField(allow_null=True)
    role_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=LEVELS)


class RecordHoldersAnswer(serializers.Serializer[Any]):
    """Whether the record is restricted, and to whom it was granted."""

    is_restricted = serializers.BooleanField()
    holders = RecordHolderAnswer(many=True)
