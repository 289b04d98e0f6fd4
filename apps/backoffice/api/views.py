"""REST interface of saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.backoffice import services
from apps.backoffice.api.serializers import NewViewSerializer, ViewRolesSerializer, ViewSerializer
from apps.backoffice.features import SHARE, USE
from apps.backoffice.models import SavedView
from apps.backoffice.selectors import listed_views
from apps.kernel.api.viewsets import CommandViewSet


class ViewViewSet(CommandViewSet):
    """Views of the caller and of their roles: `?list=` chooses those of one list.

    A view that others gave a link of is found by its id only.
    """

    entity = SavedView.entity_id
    serializer_class = ViewSerializer
    filter_fields = (
        "list",
        "name",
        "owner_kind",
        "owner_id",
        "is_default",
        "is_pinned",
        "is_linked",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("name", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_view
    update_command = services.update_view
    delete_command = services.delete_view
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (USE,),
        "retrieve": (USE,),
        "create": (USE,),
        "update": (USE,),
        "partial_update": (USE,),
        "destroy": (USE,),
        "set_default": (USE,),
        "clear_default": (USE,),
        "share": (SHARE,),
    }

    def listed_rows(self, parameters: Mapping[str, Any]) -> models.QuerySet[Any]:
        """Views that the caller finds without a link."""
        return listed_views()

    def get_serializer_class(self) -> Any:
        """A new view says which list it is of, and perhaps whose it is to be."""
        return NewViewSerializer if self.action == "create" else ViewSerializer

    @action(detail=True, methods=["post"])
    def set_default(self, request: Request, pk: UUID) -> Response:
        """Let the list open with the view, for its user or its role."""
        return self.pressed(request, services.set_default_view, pk)

    @action(detail=True, methods=["post"])
    def clear_default(self, request: Request, pk: UUID) -> Response:
        """Let the list open with the view no longer."""
        return self.pressed(request, services.clear_default_view, pk)

    @extend_schema(request=ViewRolesSerializer, responses={200: ViewSerializer})
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: UUID) -> Response:
        """Give roles the view as it is now; each gets one of its own. The answer is the view itself."""
        return self.answered(services.share_view, pk, **self.checked(request, serializer=ViewRolesSerializer))
