"""REST interface of record types."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.entities import services
from apps.entities.api.serializers.records import ChangedRecordTypeSerializer, RecordTypeSerializer
from apps.entities.features import TYPES_MANAGE, TYPES_VIEW
from apps.entities.models import RecordType
from apps.kernel.api.viewsets import CommandViewSet

CHANGES = frozenset({"update", "partial_update"})


class RecordTypeViewSet(CommandViewSet):
    """Kinds of record that the tenant has made."""

    entity = RecordType.entity_id
    serializer_class = RecordTypeSerializer
    filter_fields = ("key", "label", "created_at", "updated_at")
    ordering_fields = ("label", "created_at", "updated_at")
    default_ordering = "label"
    create_command = services.create_type
    update_command = services.update_type
    delete_command = services.delete_type
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (TYPES_VIEW,),
        "retrieve": (TYPES_VIEW,),
        "create": (TYPES_MANAGE,),
        "update": (TYPES_MANAGE,),
        "partial_update": (TYPES_MANAGE,),
        "destroy": (TYPES_MANAGE,),
        "restore": (TYPES_MANAGE,),
    }

    def get_serializer_class(self) -> Any:
        """A change does not take the key."""
        return ChangedRecordTypeSerializer if self.action in CHANGES else RecordTypeSerializer

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring a deleted type back."""
        return self.pressed(request, services.restore_type, pk)
