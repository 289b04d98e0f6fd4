"""REST interface of conversion: what a currency costs on a day, and amounts in another one."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.currencies.api.serializers.rates import (
    ConversionAnswer,
    ConversionSerializer,
    RateAnswer,
    RateQuestionSerializer,
    shown_conversion,
    shown_rate,
)
from apps.currencies.contracts import ExchangeRates
from apps.currencies.features import VIEW_RATES
from apps.kernel.api.plain import PlainView
from apps.kernel.money import Money
from apps.kernel.services import service


class RateOnView(PlainView):
    """What one unit of a currency costs in another on a day."""

    features: ClassVar[tuple[str, ...]] = (VIEW_RATES,)

    @extend_schema(parameters=[RateQuestionSerializer], responses={200: RateAnswer})
    def get(self, request: Request) -> Response:
        """The latest rate of the day or the month before it: the pair's own, the opposite one, or through the base."""
        asked = self.asked(RateQuestionSerializer)
        rate = service(ExchangeRates).rate_on(
            asked["from_code"],
            asked["to_code"],
            asked["on"],
            kind=asked["kind"],
            known_at=asked.get("known_at"),
            sources=asked.get("sources"),
        )
        return Response(shown_rate(rate, asked=asked))


class ConvertView(PlainView):
    """An amount in another currency."""

    features: ClassVar[tuple[str, ...]] = (VIEW_RATES,)

    @extend_schema(parameters=[ConversionSerializer], responses={200: ConversionAnswer})
    def get(self, request: Request) -> Response:
        """Both amounts, the middle rate between them, the day that it is of, and its source. Writes nothing."""
        asked = self.asked(ConversionSerializer)
        conversion = service(ExchangeRates).convert(
            Money(asked["amount"], asked["from_code"]),
            asked["to_code"],
            asked["on"],
            known_at=asked.get("known_at"),
            sources=asked.get("sources"),
        )
        return Response(shown_conversion(conversion, asked=asked))
