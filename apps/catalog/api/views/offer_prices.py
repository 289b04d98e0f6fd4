"""REST interface of the prices of an offer, beside those that they take the place of."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.api.serializers.offer_prices import OfferPricesAnswer, OfferPricesQuestion, shown_offer_prices
from apps.catalog.features import VIEW_OFFERS
from apps.catalog.models import Offer
from apps.catalog.selectors import offer_prices
from apps.kernel import clock
from apps.kernel.api.plain import PlainView
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES


class OfferPricesView(PlainView):
    """Prices of one offer."""

    features: ClassVar[tuple[str, ...]] = (VIEW_OFFERS,)

    @extend_schema(parameters=[OfferPricesQuestion], responses={200: OfferPricesAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """Prices of the offer that are not over, and what each of them takes the place of.

        Prices of promotions and of other offers are left out: they compete with the offer.
        """
        at = self.asked(OfferPricesQuestion).get("at") or clock.now()
        offer = ENTITIES[Offer.entity_id].living().filter(pk=pk).first()
        if offer is None:
            raise RowNotFound
        return Response(shown_offer_prices(offer_prices([offer], at=at)[offer.pk], at=at))
