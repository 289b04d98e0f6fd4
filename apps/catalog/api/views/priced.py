"""Lists of products with the best price of each, for whom the parameters say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.api.serializers.pricing import (
    PriceContextQuestion,
    PricedProductSerializer,
    request_of,
    shown_price,
)
from apps.catalog.contracts import CatalogPricing, PriceDecision, PriceRequest
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Product
from apps.kernel.api.reading.reader import ListShape
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.errors import InvalidInput
from apps.kernel.services import service

PREFIX: Final = "price_"
NAMES: Final = frozenset(PriceContextQuestion._declared_fields)
PRICE: Final = "price"


class PricedList(ReadingViewSet):
    """A list whose records get `price` where the parameters `price_…` say for whom.

    A view set of products that stands before it among its bases has such a list as well.
    """

    @classmethod
    def shape(cls) -> ListShape:
        """What the list may be asked for, and the parameters of prices."""
        return replace(super().shape(), further=NAMES)

    @extend_schema(parameters=[PriceContextQuestion])
    def list(self, request: Request) -> Any:
        """One page of the products that pass the filters, with prices where a currency is given for them."""
        asked = _asked(request)
        answer = super().list(request)
        if asked is not None and isinstance(answer, Response) and "results" in answer.data:
            _add_prices(answer.data["results"], asked)
        return answer


class PricedProductViewSet(PricedList):
    """Products in sale, each with its best price."""

    entity = str(Product.entity_id)
    serializer_class = PricedProductSerializer
    filter_fields = (
        "organization_id",
        "title",
        "sku",
        "handle",
        "product_type",
        "is_active",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("title", "sku", "created_at", "updated_at")
    default_ordering = "title"
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (VIEW_PRODUCTS,)}


def _asked(request: Request) -> Mapping[str, Any] | None:
    """The checked parameters, by the names of requests; None where there are none. Raises ValidationError."""
    given = {name: value for name, value in request.query_params.dict().items() if name in NAMES}
    if not given:
        return None
    form = PriceContextQuestion(data=given)
    if not form.is_valid():
        raise ValidationError(form.errors)
    return {name.removeprefix(PREFIX): value for name, value in form.validated_data.items()}


def _add_prices(records: Sequence[dict[str, Any]], asked: Mapping[str, Any]) -> None:
    """Give each record that says its id its price."""
    named = [record for record in records if "id" in record]
    requests = [request_of({**asked, "product_id": UUID(str(record["id"]))}) for record in named]
    for record, decision in zip(named, _decisions(requests), strict=True):
        record[PRICE] = shown_price(decision)


def _decisions(requests: Sequence[PriceRequest]) -> tuple[PriceDecision | None, ...]:
    """The price of each; none for those that are not sold in the unit."""
    pricing = service(CatalogPricing)
    try:
        return pricing.prices_for(requests)
    except InvalidInput as refusal:
        wrong = {int(error.field.split(".")[1]) for error in refusal.errors}
    kept = iter(pricing.prices_for([item for place, item in enumerate(requests) if place not in wrong]))
    return tuple(None if place in wrong else next(kept) for place in range(len(requests)))
