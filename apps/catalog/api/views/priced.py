"""Lists of products with the best price of each, for whom the parameters say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from apps.catalog.api.serializers.pricing import (
    PriceAnswer,
    PriceContextQuestion,
    PricedProductSerializer,
    request_of,
    shown_price,
)
from apps.catalog.contracts import CatalogPricing, PriceDecision, PriceRequest
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Product
from apps.catalog.selectors.shown_prices import Showing, measures_of, showings_of
from apps.kernel import clock
from apps.kernel.api.exporting.answers import wanted_format
from apps.kernel.api.reading.reader import ListShape
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.services import service

PREFIX: Final = "price_"
NAMES: Final = frozenset(PriceContextQuestion._declared_fields)
CURRENCY: Final = "price_currency"
CHANNELS: Final = "channel_ids"
NOTHING: Final = Showing()
Asked = Mapping[str, Any]


class PricedList(ReadingViewSet):
    """A list whose records get a price where the parameters `price_…` say for whom.

    A view set of products whose first base it is has such a list as well. `beside` says what the price is called in the
    records. With `seeks` it is that of the default variant, in the one channel that a product is offered in where none
    is named; without, that of the product itself.
    """

    beside: ClassVar[Mapping[str, Any]] = {"pricing": PriceAnswer}
    seeks: ClassVar[bool] = True

    @classmethod
    def shape(cls) -> ListShape:
        """What the list may be asked for, and the parameters of prices."""
        return replace(super().shape(), further=NAMES)

    @extend_schema(parameters=[PriceContextQuestion])
    def list(self, request: Request) -> Any:
        """One page of the products that pass the filters, with prices where a currency is given for them."""
        asked = _asked(request)
        if asked is not None and wanted_format(request) is not None:
            message = _("A file has no room for prices.")
            raise InvalidInput(errors=(FieldError(CURRENCY, "kernel.export.flat", message),))
        answer = super().list(request)
        if asked is not None:
            self._add_prices([record for record in answer.data["results"] if "id" in record], asked)
        return answer

    def _add_prices(self, records: Sequence[dict[str, Any]], asked: Asked) -> None:
        """Give each record its price."""
        showings = self._showings(records, asked)
        shown = [showings.get(UUID(str(record["id"])), NOTHING) for record in records]
        requests = [_request(record, asked, showing) for record, showing in zip(records, shown, strict=True)]
        [name] = self.beside
        for record, showing, decision in zip(records, shown, _decisions(requests), strict=True):
            record[name] = shown_price(decision, showing.measure)

    def _showings(self, records: Sequence[dict[str, Any]], asked: Asked) -> Mapping[UUID, Showing]:
        """How the products are shown."""
        ids = [UUID(str(record["id"])) for record in records]
        if self.seeks:
            return showings_of(ids, at=asked.get("at") or clock.now())
        return {pk: Showing(measure) for pk, measure in measures_of(ids).items()}


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
    beside: ClassVar[Mapping[str, Any]] = {"price": PriceAnswer}
    seeks = False
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (VIEW_PRODUCTS,)}


def _asked(request: Request) -> Asked | None:
    """The checked parameters, by the names of requests; None where there are none. Raises ValidationError.

    The one channel that a list is filtered by is that of its prices, unless another one is named.
    """
    given = {name: value for name, value in request.query_params.dict().items() if name in NAMES}
    if not given:
        return None
    form = PriceContextQuestion(data=given)
    form.fields[CURRENCY].required = True  # now that prices are asked for
    if not form.is_valid():
        raise ValidationError(form.errors)
    asked = {name.removeprefix(PREFIX): value for name, value in form.validated_data.items()}
    return {**_only_channel(request), **asked}


def _only_channel(request: Request) -> dict[str, UUID]:
    """The channel of the filter where it names one; what is no id the list itself complains about."""
    named = {item.strip() for item in request.query_params.get(CHANNELS, "").split(",")}
    try:
        found = {UUID(item) for item in named}
    except ValueError:
        return {}
    return {"channel_id": found.pop()} if len(found) == 1 else {}


def _request(record: Mapping[str, Any], asked: Asked, showing: Showing) -> PriceRequest:
    """The question about one product; what was asked goes before what was found."""
    found = {"channel_id": showing.channel_id, "variant_id": showing.variant_id}
    return request_of({**found, **asked, "product_id": UUID(str(record["id"]))})


def _decisions(requests: Sequence[PriceRequest]) -> tuple[PriceDecision | None, ...]:
    """The price of each; none for those that are not sold in the unit."""
    pricing = service(CatalogPricing)
    try:
        return pricing.prices_for(requests)
    except InvalidInput as refusal:
        wrong = {int(error.field.split(".")[1]) for error in refusal.errors}
    kept = iter(pricing.prices_for([item for place, item in enumerate(requests) if place not in wrong]))
    return tuple(None if place in wrong else next(kept) for place in range(len(requests)))
