"""REST interface of variants, and of all variants of a product at once."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.filters import VariantFilters
from apps.catalog.api.serializers.variants import (
    GenerationAnswer,
    GenerationSerializer,
    NewVariantSerializer,
    VariantEditSerializer,
    VariantOrderSerializer,
    VariantsAnswer,
    VariantSerializer,
    shown_variants,
)
from apps.catalog.features import MANAGE_VARIANTS, VIEW_PRODUCTS
from apps.catalog.models import Product, Variant
from apps.catalog.selectors import living_product, variants_of
from apps.catalog.services.variant_sets import Generated
from apps.kernel.api.guarding import guarded
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.errors import RowNotFound

PRESSED = ("make_default", "archive", "unarchive")


class VariantViewSet(CommandViewSet):
    """Variants: `?product_id=` chooses those of one product."""

    entity = Variant.entity_id
    serializer_class = VariantSerializer
    filterset_class = VariantFilters
    filter_fields = (
        "organization_id",
        "product_id",
        "name",
        "sku",
        "barcode",
        "barcode_type",
        "position",
        "is_default",
        "is_active",
        "archived_at",
        "status_id",
        "tax_class_id",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("name", "sku", "created_at")
    default_ordering = "name"
    create_command = services.create_variant
    update_command = services.update_variant
    delete_command = services.delete_variant
    bulk_commands: ClassVar[dict[str, Any]] = {
        "archive": services.archive_variant,
        "unarchive": services.unarchive_variant,
    }
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_PRODUCTS, manage=MANAGE_VARIANTS, **dict.fromkeys(PRESSED, (MANAGE_VARIANTS,))
    )

    def get_serializer_class(self) -> Any:
        """A new variant says of which product."""
        return NewVariantSerializer if self.action == "create" else super().get_serializer_class()

    @action(detail=True, methods=["post"], url_path="make-default")
    def make_default(self, request: Request, pk: UUID) -> Response:
        """Make the variant the one that its product is shown with."""
        return self.pressed(request, services.make_default_variant, pk)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: UUID) -> Response:
        """Take the variant out of sale for good."""
        return self.pressed(request, services.archive_variant, pk)

    @action(detail=True, methods=["post"])
    def unarchive(self, request: Request, pk: UUID) -> Response:
        """Bring the archived variant back into sale."""
        return self.pressed(request, services.unarchive_variant, pk)


class ProductVariantsView(PlainView):
    """All variants of a product."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {"get": (VIEW_PRODUCTS,), "patch": (MANAGE_VARIANTS,)}

    @extend_schema(responses={200: VariantsAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """All of them, in their order."""
        demand_known_parameters(request.query_params)
        return Response(shown_variants(list(variants_of(found_product(pk).pk))))

    @extend_schema(request=VariantEditSerializer, responses={200: VariantsAnswer})
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change several variants, the default one and the order, as one action."""
        given = self.checked(VariantEditSerializer)
        return self.answered(lambda: services.edit_variants(pk, **given), _all_of, expected=expected_version(request))


class VariantOrderView(PlainView):
    """The order of the variants of a product."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_VARIANTS,)

    @extend_schema(request=VariantOrderSerializer, responses={200: VariantsAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Arrange all variants of the product."""
        given = self.checked(VariantOrderSerializer)
        found_product(pk)
        return self.answered(lambda: services.reorder_variants(pk, **given), _all_of)


class GenerationView(PlainView):
    """Variants that are made of the choices of a product's options."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_VARIANTS,)

    @extend_schema(request=GenerationSerializer, responses={201: GenerationAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Make the variants of all combinations that are not there yet; `results` are those."""
        given = self.checked(GenerationSerializer)
        return self.answered(
            lambda: services.generate_variants(pk, **given), _generated, status=status.HTTP_201_CREATED
        )


def found_product(product_id: UUID) -> Product:
    """A living product of the scope. Raises RowNotFound."""
    found = living_product(product_id)
    if found is None:
        raise RowNotFound
    return found


def _all_of(product: Product) -> dict[str, Any]:
    return shown_variants(list(variants_of(product.pk)))


def _generated(made: Generated) -> dict[str, Any]:
    return {**shown_variants(made.created), "created": len(made.created), "existing": made.existing}
