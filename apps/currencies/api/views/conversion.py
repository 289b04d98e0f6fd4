"""REST interface of conversion: what a currency costs on a day, and amounts in another one."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.currencies.api.serializers.rates import (
    ConversionAnswer,
    ConversionSerializer,
    QuestionSerializer,
    RateAnswer,
    RateQuestionSerializer,
    shown_conversion,
    shown_rate,
)
from apps.currencies.contracts import ExchangeRates
from apps.currencies.features import VIEW_RATES
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.money import Money
from apps.kernel.services import service


class QuestionView(GenericAPIView[Any]):
    """A question in query parameters."""

    features: ClassVar[tuple[str, ...]] = (VIEW_RATES,)
    pagination_class = None
    metadata_class = None

    def asked(self, request: Request, serializer: type[QuestionSerializer]) -> dict[str, Any]:
        """The checked parameters. Raises ValidationError with every complaint."""
        demand_known_parameters(request.query_params, serializer().fields)
        form = serializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class RateOnView(QuestionView):
    """What one unit of a currency costs in another on a day."""

    @extend_schema(parameters=[RateQuestionSerializer], responses={200: RateAnswer})
    def get(self, request: Request) -> Response:
        """The latest rate of the day or the month before it: the pair's own, the opposite one, or through the base."""
        asked = self.asked(request, RateQuestionSerializer)
        rate = service(ExchangeRates).rate_on(
            asked["from_code"],
            asked["to_code"],
            asked["on"],
            kind=asked["kind"],
            known_at=asked.get("known_at"),
            sources=asked.get("sources"),
        )
        return Response(shown_rate(rate, asked=asked))


class ConvertView(QuestionView):
    """An amount in another currency."""

    @extend_schema(parameters=[ConversionSerializer], responses={200: ConversionAnswer})
    def get(self, request: Request) -> Response:
        """Both amounts, the middle rate between them, the day that it is of, and its source. Writes nothing."""
        asked = self.asked(request, ConversionSerializer)
        conversion = service(ExchangeRates).convert(
            Money(asked["amount"], asked["from_code"]),
            asked["to_code"],
            asked["on"],
            known_at=asked.get("known_at"),
            sources=asked.get("sources"),
        )
        return Response(shown_conversion(conversion, asked=asked))
