"""REST interface of changes of many prices, of the lowest price, and of the settings of prices."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.serializers import (
    ChangeAccepted,
    ChangeAnswer,
    LowestAnswer,
    LowestSerializer,
    PriceChangeSerializer,
    PricingSettingsSerializer,
)
from apps.catalog.api.serializers.price_changes import shown_lowest, shown_preview
from apps.catalog.features import MANAGE_PRICING, MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.catalog.selectors import LowestQuestion, lowest_price, pricing_settings
from apps.kernel import clock
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters


class PriceChangeView(PlainView):
    """Change many prices at once."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_PRICING,)

    @extend_schema(request=PriceChangeSerializer, responses={200: ChangeAnswer, 202: ChangeAccepted})
    def post(self, request: Request) -> Response:
        """Change the amounts of the chosen prices as one action, or with `dry_run` say what would become of them.

        More than 200 prices are changed behind the answer, as one action all the same.
        """
        given = self.checked(PriceChangeSerializer)
        if given.pop("dry_run"):
            return Response(shown_preview(services.preview_change(**given)))
        if services.goes_behind(given["choice"], valid_from=given["valid_from"]):
            return self.queued(lambda: services.start_change(**given))
        return self.answered(lambda: services.change_prices(**given), _done)


class LowestPriceView(PlainView):
    """The lowest price of the days before a moment, as it has to be shown beside a reduction."""

    features: ClassVar[tuple[str, ...]] = (VIEW_PRODUCTS,)

    @extend_schema(parameters=[LowestSerializer], responses={200: LowestAnswer})
    def get(self, request: Request) -> Response:
        """The lowest price that was in force, as it was known then; null where none was."""
        asked = self.asked(LowestSerializer)
        return Response(shown_lowest(lowest_price(LowestQuestion(**{"at": clock.now(), **asked}))))


class PricingSettingsView(PlainView):
    """How the tenant ranks prices."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "get": (VIEW_PRODUCTS,),
        "put": (MANAGE_SETTINGS,),
    }

    @extend_schema(responses={200: PricingSettingsSerializer})
    def get(self, request: Request) -> Response:
        """The settings; the usual ones where nothing was ever changed."""
        demand_known_parameters(request.query_params)
        return Response(PricingSettingsSerializer(pricing_settings()).data)

    @extend_schema(request=PricingSettingsSerializer, responses={200: PricingSettingsSerializer})
    def put(self, request: Request) -> Response:
        """Change what is given."""
        given = self.checked(PricingSettingsSerializer)
        return self.answered(lambda: services.update_pricing_settings(**given), _shown_settings)


def _shown_settings(result: Any) -> Any:
    return dict(PricingSettingsSerializer(result).data)


def _done(count: int) -> dict[str, Any]:
    """The answer to a change that was made."""
    return {"dry_run": False, "chosen": count, "changed": count, "impossible": 0, "results": []}
