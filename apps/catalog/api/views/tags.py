"""REST interface of product tags."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.serializers import ProductTagMergeSerializer, ProductTagSerializer
from apps.catalog.features import MANAGE_PRODUCTS, VIEW_PRODUCTS
from apps.catalog.models import ProductTag
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet


class TagViewSet(CommandViewSet):
    """Product tags of the selected organizations; new ones go to the one that is selected."""

    entity = ProductTag.entity_id
    serializer_class = ProductTagSerializer
    filter_fields = ("organization_id", "label", "slug", "created_at", "updated_at")
    ordering_fields = ("label",)
    default_ordering = "label"
    create_command = services.create_tag
    update_command = services.rename_tag
    delete_command = services.delete_tag
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_PRODUCTS, manage=MANAGE_PRODUCTS, merge=(MANAGE_PRODUCTS,)
    )

    @extend_schema(request=ProductTagMergeSerializer, responses={200: ProductTagSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        """Let another tag take the place of this one; the answer is the tag that stays."""
        return self.answered(services.merge_tag, pk, **self.checked(request, serializer=ProductTagMergeSerializer))
