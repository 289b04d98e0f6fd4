"""REST interface of the fetching of rates: configurations, the log, and fetching now."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
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
from apps.kernel.api.exporting.answers import accepted, accepted_body
from apps.kernel.api.parsers import StrictJSONParser
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.refusals import NO_OBJECT, Malformed
from apps.kernel.api.repeats import idempotency_of, replay
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.outcome import collected_actions


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


class FetchRatesView(GenericAPIView[Any]):
    """Fetch now."""

    parser_classes = (StrictJSONParser,)
    pagination_class = None
    metadata_class = None
    features: ClassVar[tuple[str, ...]] = (MANAGE_FETCH,)

    @extend_schema(request=FetchSerializer, responses={202: AcceptedAnswer})
    def post(self, request: Request) -> Response:
        """Queue a fetch for the selected organization, as a long job that shows each document and can be stopped."""
        if not isinstance(request.data, dict):
            raise Malformed(reason=NO_OBJECT)
        form = FetchSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        key = idempotency_of(request, lambda job_id: Answer(status.HTTP_202_ACCEPTED, accepted_body(job_id)))
        try:
            with invoked(source=Source.API, idempotency=key):
                answer = accepted(services.request_fetch(**form.validated_data))
        except Replayed as earlier:
            return replay(earlier.answer)
        answer["X-Action-Id"] = str(collected_actions()[-1])
        return answer
