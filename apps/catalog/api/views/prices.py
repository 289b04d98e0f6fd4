"""REST interface of prices, their kinds and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.filters import PriceFilter
from apps.catalog.api.serializers import (
    PriceCorrectionSerializer,
    PriceKindSerializer,
    PriceListSerializer,
    PricesAnswer,
    PriceSerializer,
    PricesSerializer,
    TiersSerializer,
)
from apps.catalog.features import MANAGE_PRICING, MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.catalog.models import Price, PriceKind, PriceList
from apps.kernel.access.visible import visible
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet

MANY = ("set_many", "set_tiers")


class PriceKindViewSet(CommandViewSet):
    """Kinds of prices of the tenant."""

    entity = PriceKind.entity_id
    serializer_class = PriceKindSerializer
    filter_fields = (
        "title",
        "code",
        "display_mode",
        "currency",
        "is_promotion",
        "is_active",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("title", "created_at")
    default_ordering = "title"
    create_command = services.create_price_kind
    update_command = services.update_price_kind
    delete_command = services.delete_price_kind
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PRODUCTS, manage=MANAGE_SETTINGS)


class PriceListViewSet(CommandViewSet):
    """Price lists of the selected organizations; new ones go to the one that is selected."""

    entity = PriceList.entity_id
    serializer_class = PriceListSerializer
    filter_fields = (
        "organization_id",
        "name",
        "code",
        "currency",
        "channel_id",
        "customer_group_id",
        "priority",
        "valid_from",
        "valid_until",
        "base_list_id",
        "is_active",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("name", "created_at")
    default_ordering = "name"
    create_command = services.create_price_list
    update_command = services.update_price_list
    delete_command = services.delete_price_list
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PRODUCTS, manage=MANAGE_PRICING)


class PriceViewSet(CommandViewSet):
    """Prices that count today, or as they were known at a moment (`known_at`).

    A change is a correction: another record, known from then on. A deletion lets a price count no longer. Neither
    takes away what was known before.
    """

    entity = Price.entity_id
    serializer_class = PriceSerializer
    filterset_class = PriceFilter
    filter_fields = (
        "organization_id",
        "product_id",
        "variant_id",
        "offer_id",
        "kind_id",
        "price_list_id",
        "currency",
        "amount",
        "includes_tax",
        "min_quantity",
        "max_quantity",
        "channel_id",
        "customer_id",
        "customer_group_id",
        "user_id",
        "user_group_id",
        "created_at",
    )
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    create_command = services.create_price
    update_command = services.correct_price
    delete_command = services.close_price
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_PRODUCTS, manage=MANAGE_PRICING, **dict.fromkeys(MANY, (MANAGE_PRICING,))
    )

    def get_serializer_class(self) -> Any:
        """A correction takes neither what it is the price of nor for whom."""
        changing = self.action in {"update", "partial_update"}
        return PriceCorrectionSerializer if changing else super().get_serializer_class()

    def listed_rows(self, parameters: Mapping[str, Any]) -> QuerySet[Any]:
        """Prices that count today; all that ever counted where a moment is asked for."""
        return visible(Price.objects.all()) if "known_at" in parameters else self.get_queryset()

    @extend_schema(request=PricesSerializer, responses={200: PricesAnswer})
    @action(detail=False, methods=["post"], url_path="set")
    def set_many(self, request: Request) -> Response:
        """Set up to a thousand prices, and close others, as one action; what is known already is left alone."""
        return self.answered(services.set_prices, **self.checked(request, serializer=PricesSerializer))

    @extend_schema(request=TiersSerializer, responses={200: PricesAnswer})
    @action(detail=False, methods=["post"], url_path="tiers")
    def set_tiers(self, request: Request) -> Response:
        """Replace all tiers of one scope; each one ends where the next one begins."""
        return self.answered(services.set_tiers, **self.checked(request, serializer=TiersSerializer))

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Let the price count no longer; what was known before stays on record."""
        return super().destroy(request, pk)
