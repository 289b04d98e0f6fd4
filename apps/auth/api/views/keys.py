"""REST interface of API keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import status as codes
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.auth.api.filters import ApiKeyFilters
from apps.auth.api.serializers.keys import ApiKeySerializer, IssuedKeySerializer, RotationSerializer
from apps.auth.features import MANAGE_API_KEYS, VIEW_API_KEYS
from apps.auth.models import ApiKey
from apps.auth.services.key_boundary import only_visible
from apps.auth.services.keys import IssuedKey, create_api_key, revoke_api_key, rotate_api_key, update_api_key
from apps.kernel.api.preconditions import etag_of, expected_version
from apps.kernel.api.repeats import idempotency_of
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.idempotency import Answer
from apps.kernel.commands.invocation import Source, invoked

Issuing = Callable[..., IssuedKey]


class ApiKeyViewSet(CommandViewSet):
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
        values = self.checked(request)
        response = self.issued(create_api_key, status=codes.HTTP_201_CREATED, **values)
        response["Location"] = reverse(f"{self.basename}-detail", args=[response.data["id"]])
        return response

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

    def issued(self, command: Issuing, *args: Any, status: int = codes.HTTP_200_OK, **kwargs: Any) -> Response:
        """Run a command that hands out a secret; an idempotency key keeps the fact and not the answer."""
        key = idempotency_of(self.request, lambda result: Answer(status, None))
        once = replace(key, secret_answer=True) if key else None
        with invoked(source=Source.API, expected_version=expected_version(self.request), idempotency=once):
            result = command(*args, **kwargs)
        record = {**self.record_of(result.key), "secret": result.secret}
        response = Response(record, status=status)
        response["ETag"] = str(etag_of(result.key))
        return self.with_extras(response)
