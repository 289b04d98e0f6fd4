"""REST interface of what bundles are made of, of related products and of units."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.serializers.components import (
    ChangedComponentSerializer,
    ComponentAnswer,
    ComponentEditSerializer,
    ComponentsAnswer,
    ComponentSerializer,
    NewUnitConversionSerializer,
    RelationsAnswer,
    RelationsSerializer,
    UnitConversionSerializer,
    shown_component,
    shown_relation,
)
from apps.catalog.api.views.variants import found_product
from apps.catalog.features import MANAGE_PRODUCTS, VIEW_PRODUCTS
from apps.catalog.models import Component, Product, UnitConversion
from apps.catalog.selectors import components_of, relations_of
from apps.kernel.api.guarding import guarded
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.errors import RowNotFound


class ComponentsView(PlainView):
    """What a bundle or group is made of."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "get": (VIEW_PRODUCTS,),
        **dict.fromkeys(("post", "put"), (MANAGE_PRODUCTS,)),
    }

    @extend_schema(responses={200: ComponentsAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """All parts, in their order."""
        demand_known_parameters(request.query_params)
        return Response(_parts(found_product(pk)))

    @extend_schema(request=ComponentEditSerializer, responses={200: ComponentsAnswer})
    def put(self, request: Request, pk: UUID) -> Response:
        """Change the parts that are there together, as one action; those that are not named go."""
        given = self.checked(ComponentEditSerializer)
        found_product(pk)
        return self.answered(lambda: services.edit_components(pk, **given), _parts, expected=expected_version(request))

    @extend_schema(request=ComponentSerializer, responses={201: ComponentAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Add a part, at the end unless a position is given."""
        given = self.checked(ComponentSerializer)
        found_product(pk)
        return self.answered(
            lambda: services.create_component(parent_id=pk, **given), shown_component, status=status.HTTP_201_CREATED
        )


class ComponentView(PlainView):
    """One part of a bundle or group."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_PRODUCTS,)

    @extend_schema(request=ChangedComponentSerializer, responses={200: ComponentAnswer})
    def patch(self, request: Request, pk: UUID, component_id: UUID) -> Response:
        """Change how much of it there is, or its place."""
        given = self.checked(ChangedComponentSerializer, partial=True)
        _demand_part(pk, component_id)
        return self.answered(lambda: services.update_component(component_id, **given), shown_component)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, component_id: UUID) -> Response:
        """Take it out."""
        _demand_part(pk, component_id)
        return self.emptied(lambda: services.delete_component(component_id))


class RelationsView(PlainView):
    """Products that are shown beside a product."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {"get": (VIEW_PRODUCTS,), "put": (MANAGE_PRODUCTS,)}

    @extend_schema(responses={200: RelationsAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """All of them, in their order."""
        demand_known_parameters(request.query_params)
        return Response(_relations(found_product(pk)))

    @extend_schema(request=RelationsSerializer, responses={200: RelationsAnswer})
    def put(self, request: Request, pk: UUID) -> Response:
        """Set all of them."""
        given = self.checked(RelationsSerializer)
        found_product(pk)
        return self.answered(
            lambda: services.set_relations(pk, **given), _relations, expected=expected_version(request)
        )


class ConversionViewSet(CommandViewSet):
    """Units of products: `?product_id=` chooses those of one product."""

    entity = UnitConversion.entity_id
    serializer_class = UnitConversionSerializer
    filter_fields = (
        "organization_id",
        "product_id",
        "unit",
        "factor",
        "position",
        "is_active",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("unit", "created_at")
    default_ordering = "unit"
    create_command = services.create_conversion
    update_command = services.update_conversion
    delete_command = services.delete_conversion
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_PRODUCTS, manage=MANAGE_PRODUCTS)

    def get_serializer_class(self) -> Any:
        """A new unit says of which product."""
        return NewUnitConversionSerializer if self.action == "create" else super().get_serializer_class()


def _parts(product: Product) -> dict[str, Any]:
    return {"results": [shown_component(row) for row in components_of(product.pk)]}


def _relations(product: Product) -> dict[str, Any]:
    return {"results": [shown_relation(row) for row in relations_of(product.pk)]}


def _demand_part(product_id: UUID, component_id: UUID) -> None:
    """Demand that the part, if it is there, is one of the product. Raises RowNotFound.

    One that is not there is the command's matter, which knows what was answered before.
    """
    owner = Component.objects.filter(pk=component_id).values_list("parent_id", flat=True).first()
    if owner not in {None, product_id}:
        raise RowNotFound
