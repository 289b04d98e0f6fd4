"""REST interface of products."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.filters import ProductFilters
from apps.catalog.api.serializers import ProductListSerializer, ProductSerializer
from apps.catalog.api.views.priced import PricedList
from apps.catalog.features import MANAGE_PRODUCTS, VIEW_PRODUCTS
from apps.catalog.models import Product
from apps.catalog.selectors.closeness import closeness
from apps.kernel.api.guarding import guarded
from apps.kernel.api.reading.ranking import Ranking
from apps.kernel.api.viewsets import CommandViewSet


class ProductViewSet(PricedList, CommandViewSet):
    """Products of the selected organizations, with prices if wanted; new ones go to the one that is selected."""

    entity = Product.entity_id
    serializer_class = ProductSerializer
    filterset_class = ProductFilters
    filter_fields = (
        "organization_id",
        "title",
        "subtitle",
        "sku",
        "handle",
        "product_type",
        "is_active",
        "archived_at",
        "status_id",
        "option_schema_id",
        "tax_class_id",
        "unit",
        "country_of_origin",
        "gtu_codes",
        "is_excise_good",
        "is_quote_only",
        "launch_at",
        "end_of_life_at",
        "available_from",
        "available_until",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("title", "sku", "created_at", "updated_at")
    default_ordering = "title"
    ranking = Ranking(("search", "q"), closeness)
    create_command = services.create_product
    update_command = services.update_product
    delete_command = services.delete_product
    bulk_commands: ClassVar[dict[str, Any]] = {
        "archive": services.archive_product,
        "unarchive": services.unarchive_product,
    }
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_PRODUCTS, manage=MANAGE_PRODUCTS, archive=(MANAGE_PRODUCTS,), unarchive=(MANAGE_PRODUCTS,)
    )

    def get_serializer_class(self) -> Any:
        """Lists show a product's own columns."""
        return ProductListSerializer if self.action == "list" else super().get_serializer_class()

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: UUID) -> Response:
        """Take the product out of sale and keep it for documents."""
        return self.pressed(request, services.archive_product, pk)

    @action(detail=True, methods=["post"])
    def unarchive(self, request: Request, pk: UUID) -> Response:
        """Bring the archived product back into sale."""
        return self.pressed(request, services.unarchive_product, pk)
