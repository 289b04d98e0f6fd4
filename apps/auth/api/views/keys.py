"""REST interface of API keys."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.auth.api.filters import ApiKeyFilters
from apps.auth.api.serializers.keys import ApiKeySerializer, IssuedKeySerializer, RotationSerializer
from apps.auth.features import MANAGE_API_KEYS, VIEW_API_KEYS
from apps.auth.models import ApiKey
from apps.auth.services.key_boundary import only_visible
from apps.auth.services.keys import create_api_key, revoke_api_key, rotate_api_key, update_api_key
from apps.kernel.api.issuing import IssuingViewSet


class ApiKeyViewSet(IssuingViewSet):
    """API keys of the tenant; a new secret stands in the answer to its creation and nowhere else."""

    entity = ApiKey.entity_id
    serializer_class = ApiKeySerializer
    filter_fields = ("name", "expires_at", "revoked_at", "created_at", "updated_at")
    filterset_class = ApiKeyFilters
    ordering_fields = ("name", "expires_at", "revoked_at", "created_at", "updated_at")
    default_ordering = "name"
    create_command = create_api_key
    update_command = update_api_key
    bulk_commands: ClassVar[dict[str, Any]] = {"revoke": revoke_api_key}
    takes_added = False  # making one gives a secret besides the key
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_API_KEYS,),
        "retrieve": (VIEW_API_KEYS,),
        "create": (MANAGE_API_KEYS,),
        "update": (MANAGE_API_KEYS,),
        "partial_update": (MANAGE_API_KEYS,),
        "rotate": (MANAGE_API_KEYS,),
        "revoke": (MANAGE_API_KEYS,),
    }

    def get_queryset(self) -> models.QuerySet[Any]:
        """Keys that the actor may see."""
        return only_visible(super().get_queryset())

    @extend_schema(responses={201: IssuedKeySerializer})
    def create(self, request: Request) -> Response:
        """Make a key; the answer holds its secret under `secret`, this once."""
        return self.issued_new(request)

    @extend_schema(request=RotationSerializer, responses={200: IssuedKeySerializer})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: UUID) -> Response:
        """Give the key a new secret, shown this once; the former ones work for `overlap_hours` (24)."""
        return self.issued(rotate_api_key, pk, **self.checked(request, serializer=RotationSerializer))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: UUID) -> Response:
        """End the key for ever."""
        return self.pressed(request, revoke_api_key, pk)
