"""REST interface of tags and groups."""

from __future__ import annotations

from typing import ClassVar

from apps.customers import services
from apps.customers.api.serializers import CustomerGroupSerializer, TagSerializer
from apps.customers.features import MANAGE_SETTINGS, VIEW_PEOPLE
from apps.customers.models import CustomerGroup, Tag
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet


class TagViewSet(CommandViewSet):
    """Tags of the selected organizations; new ones go to the one that is selected."""

    entity = Tag.entity_id
    serializer_class = TagSerializer
    filter_fields = ("organization_id", "label", "created_at", "updated_at")
    ordering_fields = ("label",)
    default_ordering = "label"
    create_command = services.create_tag
    update_command = services.update_tag
    delete_command = services.delete_tag
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PEOPLE, manage=MANAGE_SETTINGS)


class CustomerGroupViewSet(CommandViewSet):
    """Groups of customers of the selected organizations; new ones go to the one that is selected."""

    entity = CustomerGroup.entity_id
    serializer_class = CustomerGroupSerializer
    filter_fields = ("organization_id", "code", "name", "rank", "created_at", "updated_at")
    ordering_fields = ("rank", "name")
    default_ordering = "rank"
    create_command = services.create_group
    update_command = services.update_group
    delete_command = services.delete_group
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PEOPLE, manage=MANAGE_SETTINGS)
