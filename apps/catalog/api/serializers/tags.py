"""Shapes of tags in the REST interface."""

from __future__ import annotations

from apps.catalog.api.serializers.option_schemas import OWN
from apps.catalog.models import ProductTag
from apps.kernel.api.serializers import StrictModelSerializer, StrictSerializer, StrictUUIDField


class ProductTagSerializer(StrictModelSerializer):
    """A tag; `slug` tells tags apart."""

    class Meta:
        model = ProductTag
        fields = (*OWN, "label", "slug")
        read_only_fields = ("slug",)


class ProductTagMergeSerializer(StrictSerializer):
    """The tag that takes the place of this one."""

    into_id = StrictUUIDField()
