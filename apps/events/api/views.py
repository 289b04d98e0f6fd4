"""REST interface of events: what is declared, what happened, who was told, and telling them again."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.events import services
from apps.events.api.filters import DeliveryFilter
from apps.events.api.serializers import (
    CATEGORIES,
    DeclaredAnswer,
    DeliverySerializer,
    JobAnswer,
    OutboxSerializer,
    RangeAnswer,
    RangeSerializer,
    SubscribersAnswer,
    shown_event,
    shown_subscriber,
)
from apps.events.features import MANAGE_DELIVERIES, VIEW, VIEW_DELIVERIES
from apps.events.selectors import declared_events, subscribers, visible_deliveries, visible_events
from apps.events.services.ranges import AT_ONCE, RangeReplayed, range_of
from apps.kernel.api import repeats
from apps.kernel.api.exporting.answers import accepted, accepted_body
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import Asked, demand_known_parameters
from apps.kernel.api.reading.reader import refuse_strangers
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.eventbus.models import Delivery, OutboxEvent
from apps.kernel.tenancy.transactions import scoped_transaction


def whole_list(results: list[dict[str, Any]]) -> Response:
    """A list that has one page."""
    return Response({"count": len(results), "next": None, "previous": None, "results": results})


class DeclaredEventsView(PlainView):
    """Everything that modules say can happen."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(
        parameters=[OpenApiParameter("module"), OpenApiParameter("category", enum=CATEGORIES)],
        responses={200: DeclaredAnswer},
    )
    def get(self, request: Request) -> Response:
        """Declared events with the JSON Schema of their facts, by name."""
        asked = Asked(request.query_params)
        module, category = asked.text("module"), asked.text("category")
        refuse_strangers(asked, {"module", "category"})
        if category not in {None, *CATEGORIES}:
            asked.refuse("category", "invalid_choice", _("Possible: {names}.").format(names=", ".join(CATEGORIES)))
        asked.demand()
        return whole_list([shown_event(item) for item in declared_events(module=module, category=category)])


class SubscribersView(PlainView):
    """Everybody who reacts to events."""

    features: ClassVar[tuple[str, ...]] = (VIEW_DELIVERIES,)

    @extend_schema(responses={200: SubscribersAnswer})
    def get(self, request: Request) -> Response:
        """Subscribers with the number of their deliveries that are open."""
        demand_known_parameters(request.query_params)
        return whole_list([shown_subscriber(item) for item in subscribers()])


class OutboxViewSet(ReadingViewSet):
    """What happened, newest first."""

    entity = OutboxEvent.entity_id
    serializer_class = OutboxSerializer
    filter_fields = (
        "name",
        "entity",
        "record_id",
        "correlation_id",
        "causation_id",
        "organization_id",
        "created_at",
    )
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (VIEW,), "retrieve": (VIEW,)}

    def get_queryset(self) -> QuerySet[Any]:
        """Events that the caller may see."""
        return visible_events()


class DeliveryViewSet(CommandViewSet):
    """Which subscriber was told of what, newest first; `status=dead` lists those that were given up."""

    entity = Delivery.entity_id
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    filter_fields = ("status", "subscriber", "event_id", "organization_id", "created_at", "ended_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    bulk_commands: ClassVar[dict[str, Any]] = {"replay": services.replay_delivery}
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_DELIVERIES,),
        "retrieve": (VIEW_DELIVERIES,),
        "replay": (MANAGE_DELIVERIES,),
        "skip": (MANAGE_DELIVERIES,),
        "replay_range": (MANAGE_DELIVERIES,),
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Deliveries of events that the caller may see."""
        return visible_deliveries().select_related("event")

    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: UUID) -> Response:
        """Have a delivery that was given up tried again, from the first try."""
        return self.pressed(request, services.replay_delivery, pk)

    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: UUID) -> Response:
        """Let a delivery that was given up be; the next event of its record goes on."""
        return self.pressed(request, services.skip_delivery, pk)

    @extend_schema(request=RangeSerializer, responses={200: RangeAnswer, 202: JobAnswer})
    @action(detail=False, methods=["post"], url_path="replay-range")
    def replay_range(self, request: Request) -> Response:
        """Take all events of a stretch of time to one subscriber again; above 10,000 as a long job."""
        values = self.checked(request, serializer=RangeSerializer)
        if values.pop("dry_run"):
            return _rehearsed(values)
        key = repeats.idempotency_of(request, _kept)
        try:
            with invoked(source=Source.API, idempotency=key):
                done = services.replay_range(**values)
        except Replayed as earlier:
            return repeats.replay(earlier.answer)
        return accepted(done.job_id) if done.job_id else Response(_body(done.count))


def _rehearsed(values: dict[str, Any]) -> Response:
    with scoped_transaction():
        return Response(_body(range_of(**values).count(most=AT_ONCE + 1), dry_run=True))


def _kept(done: RangeReplayed) -> Answer:
    return Answer(202, accepted_body(done.job_id)) if done.job_id else Answer(200, _body(done.count))


def _body(count: int, *, dry_run: bool = False) -> dict[str, Any]:
    return {"count": count, "dry_run": dry_run}
