"""Shapes of tags and groups in the REST interface."""

from __future__ import annotations

from apps.customers.api.serializers.records import OWN
from apps.customers.models import CustomerGroup, Tag
from apps.kernel.api.serializers import StrictModelSerializer


class TagSerializer(StrictModelSerializer):
    """A tag."""

    class Meta:
        model = Tag
        fields = (*OWN, "label", "color", "description")


class CustomerGroupSerializer(StrictModelSerializer):
    """A group of customers."""

    class Meta:
        model = CustomerGroup
        fields = (*OWN, "code", "name", "rank", "description")
