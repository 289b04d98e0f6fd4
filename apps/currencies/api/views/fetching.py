"""REST interface of the fetching of rates: configurations, the log, and fetching now."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.currencies import services
from apps.currencies.api.serializers.fetching import (
    AcceptedAnswer,
    FetchRunSerializer,
    FetchSerializer,
    RateFetchConfigSerializer,
)
from apps.currencies.features import MANAGE_FETCH
from apps.currencies.models import FetchRun, RateFetchConfig
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.viewsets import CommandViewSet


class RateFetchConfigViewSet(CommandViewSet):
    """Where rates of the selected organizations come from by themselves."""

    entity = RateFetchConfig.entity_id
    serializer_class = RateFetchConfigSerializer
    filter_fields = ("organization_id", "provider", "source", "is_enabled", "created_at", "updated_at")
    ordering_fields = ("source", "created_at", "updated_at")
    default_ordering = "source"
    create_command = services.create_fetch_config
    update_command = services.update_fetch_config
    delete_command = services.delete_fetch_config
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (MANAGE_FETCH,),
        "retrieve": (MANAGE_FETCH,),
        "create": (MANAGE_FETCH,),
        "update": (MANAGE_FETCH,),
        "partial_update": (MANAGE_FETCH,),
        "destroy": (MANAGE_FETCH,),
    }


class FetchRunViewSet(ReadingViewSet):
    """The log of fetches, newest first."""

    entity = FetchRun.entity_id
    serializer_class = FetchRunSerializer
    filter_fields = (
        "organization_id",
        "provider",
        "source",
        "trigger",
        "status",
        "job_id",
        "start_on",
        "end_on",
        "created_at",
    )
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (MANAGE_FETCH,), "retrieve": (MANAGE_FETCH,)}


class FetchRatesView(PlainView):
    """Fetch now."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_FETCH,)

    @extend_schema(request=FetchSerializer, responses={202: AcceptedAnswer})
    def post(self, request: Request) -> Response:
        """Queue a fetch for the selected organization, as a long job that shows each document and can be stopped."""
        values = self.checked(FetchSerializer)
        return self.queued(lambda: services.request_fetch(**values))
