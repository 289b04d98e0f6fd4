"""Shapes of the pictures of products and variants."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.selectors.media import Picture
from apps.kernel.api.serializers import StrictSerializer


class MainPictureSerializer(StrictSerializer):
    """Which picture should stand for the record."""

    attachment_id = serializers.UUIDField(allow_null=True, help_text="a picture of the record; null for none")


class MainPictureAnswer(serializers.Serializer[Any]):
    """Which picture stands for the record."""

    id = serializers.UUIDField()
    default_media_id = serializers.UUIDField(allow_null=True)


class PictureAnswer(serializers.Serializer[Picture]):
    """One picture."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="what is to be seen, for whoever does not see it")
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    address = serializers.CharField(allow_null=True, help_text="null until a worker has looked at the file")
    is_main = serializers.BooleanField()
    own = serializers.BooleanField(help_text="false for pictures of a variant's product")


class PicturesAnswer(serializers.Serializer[Any]):
    """Pictures of a record, in their order."""

    results = PictureAnswer(many=True)
