"""REST interface of exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.currencies import services
from apps.currencies.api.filters import RateFilter
from apps.currencies.api.serializers.rates import (
    CorrectionSerializer,
    QuotesSerializer,
    RateSerializer,
    RecordedAnswer,
)
from apps.currencies.contracts import RateQuote
from apps.currencies.features import MANAGE_RATES, VIEW_RATES
from apps.currencies.models import ExchangeRate
from apps.kernel.access.visible import visible
from apps.kernel.api.viewsets import CommandViewSet


class ExchangeRateViewSet(CommandViewSet):
    """Exchange rates that count today, or as they were known at a moment (`known_at`).

    A change is a correction: another record, known from then on. A deletion lets a rate count no longer. Neither
    takes away what was known before.
    """

    entity = ExchangeRate.entity_id
    serializer_class = RateSerializer
    filterset_class = RateFilter
    filter_fields = (
        "organization_id",
        "from_code",
        "to_code",
        "rate",
        "effective_on",
        "source",
        "kind",
        "created_at",
    )
    ordering_fields = ("effective_on", "from_code", "to_code", "source", "created_at")
    default_ordering = "-effective_on"
    create_command = services.record_rate
    update_command = services.correct_rate
    delete_command = services.close_rate
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_RATES,),
        "retrieve": (VIEW_RATES,),
        "create": (MANAGE_RATES,),
        "update": (MANAGE_RATES,),
        "partial_update": (MANAGE_RATES,),
        "destroy": (MANAGE_RATES,),
        "record": (MANAGE_RATES,),
    }

    def get_serializer_class(self) -> Any:
        """A correction takes nothing but the rate."""
        changing = self.action in {"update", "partial_update"}
        return CorrectionSerializer if changing else super().get_serializer_class()

    def listed_rows(self, parameters: Mapping[str, Any]) -> QuerySet[Any]:
        """Rates that count today; all that ever counted where a moment is asked for."""
        return visible(ExchangeRate.objects.all()) if "known_at" in parameters else self.get_queryset()

    @extend_schema(request=QuotesSerializer, responses={201: RecordedAnswer})
    @action(detail=False, methods=["post"])
    def record(self, request: Request) -> Response:
        """Record up to a thousand rates of a source in one action; what is known already is left alone."""
        values = self.checked(request, serializer=QuotesSerializer)
        quotes = [RateQuote(**quote) for quote in values["rates"]]
        return self.answered(services.record_rates, quotes, source=values["source"], status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Let the rate count no longer; what was known before stays on record."""
        return super().destroy(request, pk)
