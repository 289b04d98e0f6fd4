"""REST interface of option schemas."""

from __future__ import annotations

from typing import Any, ClassVar

from apps.catalog import services
from apps.catalog.api.serializers import OptionSchemaListSerializer, OptionSchemaSerializer
from apps.catalog.features import MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.catalog.models import OptionSchema
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet


class OptionSchemaViewSet(CommandViewSet):
    """Option schemas of the selected organizations, shared ones and those of single products."""

    entity = OptionSchema.entity_id
    serializer_class = OptionSchemaSerializer
    filter_fields = ("organization_id", "name", "code", "is_active", "is_owned", "created_at", "updated_at")
    ordering_fields = ("name", "created_at")
    default_ordering = "name"
    create_command = services.create_option_schema
    update_command = services.update_option_schema
    delete_command = services.delete_option_schema
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PRODUCTS, manage=MANAGE_SETTINGS)

    def get_serializer_class(self) -> Any:
        """Lists show options as they are kept."""
        return OptionSchemaListSerializer if self.action == "list" else super().get_serializer_class()
