"""Shapes of channels and tax classes in the REST interface."""

from __future__ import annotations

from apps.kernel.api.serializers import StrictModelSerializer
from apps.sales.models import Channel, TaxClass


class ChannelSerializer(StrictModelSerializer):
    """A channel."""

    class Meta:
        model = Channel
        fields = (
            "id",
            "organization_id",
            "name",
            "code",
            "description",
            "website_url",
            "contact_email",
            "is_active",
            "is_default",
            "allow_direct_orders",
            "version",
            "created_at",
            "updated_at",
        )


class TaxClassSerializer(StrictModelSerializer):
    """A tax class."""

    class Meta:
        model = TaxClass
        fields = (
            "id",
            "organization_id",
            "name",
            "code",
            "description",
            "rate",
            "is_default",
            "version",
            "created_at",
            "updated_at",
        )
