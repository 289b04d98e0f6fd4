"""REST interface of prices as they are found: for many lines, and one with everything that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.api.serializers.pricing import (
    ExplainAnswer,
    ExplainQuestion,
    ResolveAnswer,
    ResolveSerializer,
    request_of,
    shown_explanation,
    shown_price,
)
from apps.catalog.contracts import CatalogPricing, ExplainedPrice, PriceDecision, PriceRequest
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.selectors.shown_prices import measures_of
from apps.kernel.api.plain import PlainView
from apps.kernel.errors import InvalidInput
from apps.kernel.services import service

FIRST = "requests.0."


class ResolvePricesView(PlainView):
    """Prices of many lines."""

    features: ClassVar[tuple[str, ...]] = (VIEW_PRODUCTS,)
    keyless = ("post",)

    @extend_schema(request=ResolveSerializer, responses={200: ResolveAnswer})
    def post(self, request: Request) -> Response:
        """The best price of each line, null where there is none; up to 1,000 lines. Writes nothing."""
        given = self.checked(ResolveSerializer)
        requests, pricing = [request_of(item) for item in given["requests"]], service(CatalogPricing)
        if given["digests"]:
            found = [(item.decision, item.trace.digest) for item in pricing.explained(requests)]
        else:
            found = [(decision, "") for decision in pricing.prices_for(requests)]
        return Response({"results": _shown(requests, found)})


class ExplainPriceView(PlainView):
    """One price, explained."""

    features: ClassVar[tuple[str, ...]] = (VIEW_PRODUCTS,)

    @extend_schema(parameters=[ExplainQuestion], responses={200: ExplainAnswer})
    def get(self, request: Request) -> Response:
        """The best price, every other one with the reason against it, and the trace with its digest.

        `at` and `known_at` of the answer ask for the same decision again.
        """
        asked = request_of(self.asked(ExplainQuestion))
        found = explained_alone(asked)
        return Response(shown_explanation(found, measures_of([asked.product_id]).get(asked.product_id)))


def _shown(requests: Sequence[PriceRequest], found: Sequence[tuple[PriceDecision | None, str]]) -> list[Any]:
    """The decisions with their digests as answers, in the order of the requests."""
    pairs = list(zip(requests, found, strict=True))
    measures = measures_of({asked.product_id for asked, (decision, _digest) in pairs if decision is not None})
    return [shown_price(decision, measures.get(asked.product_id), digest=digest) for asked, (decision, digest) in pairs]


def explained_alone(request: PriceRequest) -> ExplainedPrice:
    """The explanation of one request. Raises InvalidInput with the plain names of its fields."""
    try:
        [found] = service(CatalogPricing).explained([request])
    except InvalidInput as refusal:
        faults = (replace(item, field=item.field.removeprefix(FIRST)) for item in refusal.errors)
        raise InvalidInput(errors=tuple(faults)) from refusal
    return found
