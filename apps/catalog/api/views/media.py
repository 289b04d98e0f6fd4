"""REST interface of the pictures of products, variants and offers. Files come and go through `/api/attachments/`."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.serializers.media import (
    MainPictureAnswer,
    MainPictureSerializer,
    PictureAnswer,
    PicturesAnswer,
)
from apps.catalog.features import MANAGE_PRODUCTS, MANAGE_VARIANTS, VIEW_OFFERS, VIEW_PRODUCTS
from apps.catalog.models import Offer, Product, Variant
from apps.catalog.selectors.media import owner_of, pictures_of
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters


class _PicturesView(PlainView):
    """Pictures of one record."""

    features: ClassVar[tuple[str, ...]] = (VIEW_PRODUCTS,)
    entity: ClassVar[str]

    def shown(self, request: Request, pk: UUID) -> Response:
        """All of them."""
        demand_known_parameters(request.query_params)
        found = pictures_of(owner_of(self.entity, pk))
        return Response({"results": [PictureAnswer(item).data for item in found]})


class ProductPicturesView(_PicturesView):
    """Pictures of a product."""

    entity = str(Product.entity_id)

    @extend_schema(responses={200: PicturesAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """The product's pictures in their order, each with an address for the caller."""
        return self.shown(request, pk)


class VariantPicturesView(_PicturesView):
    """Pictures of a variant."""

    entity = str(Variant.entity_id)

    @extend_schema(responses={200: PicturesAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """The variant's own pictures, and then those of its product."""
        return self.shown(request, pk)


class OfferPicturesView(_PicturesView):
    """Pictures of an offer."""

    entity = str(Offer.entity_id)
    features: ClassVar[tuple[str, ...]] = (VIEW_OFFERS,)

    @extend_schema(responses={200: PicturesAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """The offer's own pictures, and then those of its product: any may be its `default_media_id`."""
        return self.shown(request, pk)


class _MainPictureView(PlainView):
    """The picture that stands for a record."""

    entity: ClassVar[str]

    def chosen(self, request: Request, pk: UUID, command: Any) -> Response:
        """Run the command with what was chosen."""
        given = self.checked(MainPictureSerializer)
        owner_of(self.entity, pk)
        run = partial(command, pk, attachment_id=given["attachment_id"])
        return self.answered(run, lambda row: MainPictureAnswer(row).data, expected=expected_version(request))


class ProductMainPictureView(_MainPictureView):
    """The main picture of a product."""

    entity = str(Product.entity_id)
    features: ClassVar[tuple[str, ...]] = (MANAGE_PRODUCTS,)

    @extend_schema(request=MainPictureSerializer, responses={200: MainPictureAnswer})
    def put(self, request: Request, pk: UUID) -> Response:
        """Let one of the product's pictures stand for it, or none."""
        return self.chosen(request, pk, services.set_product_media)


class VariantMainPictureView(_MainPictureView):
    """The main picture of a variant."""

    entity = str(Variant.entity_id)
    features: ClassVar[tuple[str, ...]] = (MANAGE_VARIANTS,)

    @extend_schema(request=MainPictureSerializer, responses={200: MainPictureAnswer})
    def put(self, request: Request, pk: UUID) -> Response:
        """Let one of the variant's or its product's pictures stand for it, or none."""
        return self.chosen(request, pk, services.set_variant_media)
