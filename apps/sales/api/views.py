"""REST interface of channels and tax classes."""

from __future__ import annotations

from typing import ClassVar

from apps.kernel.api.viewsets import CommandViewSet
from apps.sales import services
from apps.sales.api.serializers import ChannelSerializer, TaxClassSerializer
from apps.sales.features import MANAGE_CHANNELS, MANAGE_SETTINGS, VIEW_CHANNELS, VIEW_SETTINGS
from apps.sales.models import Channel, TaxClass


class ChannelViewSet(CommandViewSet):
    """Channels of the selected organizations; new ones go to the one that is selected."""

    entity = Channel.entity_id
    serializer_class = ChannelSerializer
    filter_fields = (
        "organization_id",
        "name",
        "code",
        "description",
        "website_url",
        "contact_email",
        "is_active",
        "is_default",
        "allow_direct_orders",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("name", "created_at")
    default_ordering = "name"
    create_command = services.create_channel
    update_command = services.update_channel
    delete_command = services.delete_channel
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_CHANNELS,),
        "retrieve": (VIEW_CHANNELS,),
        "create": (MANAGE_CHANNELS,),
        "update": (MANAGE_CHANNELS,),
        "partial_update": (MANAGE_CHANNELS,),
        "destroy": (MANAGE_CHANNELS,),
    }


class TaxClassViewSet(CommandViewSet):
    """Tax classes of the selected organizations; new ones go to the one that is selected."""

    entity = TaxClass.entity_id
    serializer_class = TaxClassSerializer
    filter_fields = ("organization_id", "name", "code", "description", "rate", "is_default", "created_at", "updated_at")
    ordering_fields = ("name", "created_at")
    default_ordering = "name"
    create_command = services.create_tax_class
    update_command = services.update_tax_class
    delete_command = services.delete_tax_class
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_SETTINGS,),
        "retrieve": (VIEW_SETTINGS,),
        "create": (MANAGE_SETTINGS,),
        "update": (MANAGE_SETTINGS,),
        "partial_update": (MANAGE_SETTINGS,),
        "destroy": (MANAGE_SETTINGS,),
    }
