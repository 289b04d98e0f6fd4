"""REST interface of webhooks and their deliveries."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api import repeats
from apps.kernel.api.exporting.answers import accepted, accepted_body
from apps.kernel.api.issuing import IssuingViewSet
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.serializers import Empty
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.webhooks import services
from apps.webhooks.api.serializers import (
    DeliveryIdsSerializer,
    IssuedWebhookSerializer,
    JobAnswer,
    NewWebhookSerializer,
    OfferedAnswer,
    ReplayedDeliveriesAnswer,
    ReplayRangeAnswer,
    ReplayRangeSerializer,
    SecretRotationSerializer,
    WebhookDeliveryDetailSerializer,
    WebhookDeliverySerializer,
    WebhookDetailSerializer,
    WebhookSerializer,
)
from apps.webhooks.features import MANAGE, SECRETS, TEST, VIEW
from apps.webhooks.models import Webhook, WebhookDelivery
from apps.webhooks.selectors import event_label, offered_events
from apps.webhooks.services.replay import AT_ONCE, RangeReplayed, range_of

SHAPES: dict[str, Any] = {"list": WebhookSerializer, "create": NewWebhookSerializer}


class WebhookViewSet(IssuingViewSet):
    """Webhooks of the selected organizations and of the tenant; new ones go to the organization that is selected."""

    entity = Webhook.entity_id
    serializer_class = WebhookSerializer
    filter_fields = ("organization_id", "name", "url", "is_active", "disabled_reason", "created_at", "updated_at")
    ordering_fields = ("name", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_webhook
    update_command = services.update_webhook
    delete_command = services.delete_webhook
    bulk_commands: ClassVar[dict[str, Any]] = {
        "activate": services.activate_webhook,
        "deactivate": services.deactivate_webhook,
    }
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "create": (MANAGE,),
        "update": (MANAGE,),
        "partial_update": (MANAGE,),
        "destroy": (MANAGE,),
        "activate": (MANAGE,),
        "deactivate": (MANAGE,),
        "replay": (MANAGE,),
        "rotate_secret": (SECRETS,),
        "test": (TEST,),
    }

    def get_serializer_class(self) -> Any:
        """Headers stand in details only: in a list or a file of webhooks they would be much to lose."""
        return SHAPES.get(str(self.action), WebhookDetailSerializer)

    @extend_schema(responses={201: IssuedWebhookSerializer})
    def create(self, request: Request) -> Response:
        """Add a webhook; the answer holds its secret under `secret`, this once."""
        return self.issued_new(request)

    @extend_schema(request=SecretRotationSerializer, responses={200: IssuedWebhookSerializer})
    @action(detail=True, methods=["post"])
    def rotate_secret(self, request: Request, pk: UUID) -> Response:
        """Give the webhook a new secret, shown this once; the former one signs as well for `grace_hours` (24)."""
        values = self.checked(request, serializer=SecretRotationSerializer)
        return self.issued(services.rotate_secret, pk, **values)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: UUID) -> Response:
        """Send events again, and count failures anew."""
        return self.pressed(request, services.activate_webhook, pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: UUID) -> Response:
        """Send nothing more; what happens meanwhile is skipped, and can be sent later."""
        return self.pressed(request, services.deactivate_webhook, pk)

    @extend_schema(request=None, responses={200: WebhookDeliveryDetailSerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: UUID) -> Response:
        """Send a `webhooks.test` event now, one try, and show what came back."""
        self.checked(request, serializer=Empty)
        key = repeats.idempotency_of(request, lambda result: Answer(200, _shown(result)))
        try:
            with invoked(source=Source.API, expected_version=expected_version(request), idempotency=key):
                delivery = services.send_test(pk)
        except Replayed as earlier:
            return repeats.replay(earlier.answer)
        return Response(_shown(delivery))

    @extend_schema(request=ReplayRangeSerializer, responses={200: ReplayRangeAnswer, 202: JobAnswer})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: UUID) -> Response:
        """Send what the webhook had in a stretch of time again; above 1,000 deliveries as a long job."""
        values, expected = self.checked(request, serializer=ReplayRangeSerializer), expected_version(request)
        if values.pop("dry_run"):
            self.get_object()
            return _rehearsed(pk, values)
        key = repeats.idempotency_of(request, _kept)
        try:
            with invoked(source=Source.API, expected_version=expected, idempotency=key):
                done = services.replay_range(pk, **values)
        except Replayed as earlier:
            return repeats.replay(earlier.answer)
        return accepted(done.job_id) if done.job_id else Response(_body(done.count))


class DeliveryViewSet(CommandViewSet):
    """What webhooks sent or did not, newest first; bodies and requests stand in details."""

    entity = WebhookDelivery.entity_id
    serializer_class = WebhookDeliverySerializer
    filter_fields = (
        "organization_id",
        "webhook_id",
        "event_id",
        "event_type",
        "status",
        "reason",
        "response_status",
        "created_at",
        "ended_at",
        "updated_at",
    )
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    bulk_commands: ClassVar[dict[str, Any]] = {"replay": services.replay_delivery}
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "replay": (MANAGE,),
        "replay_many": (MANAGE,),
    }

    def get_serializer_class(self) -> Any:
        """The body stands in details only."""
        return WebhookDeliveryDetailSerializer if self.action == "retrieve" else WebhookDeliverySerializer

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: UUID) -> Response:
        """Send a delivery that has ended again, under the same `webhook-id`."""
        return self.pressed(request, services.replay_delivery, pk)

    @extend_schema(request=DeliveryIdsSerializer, responses={200: ReplayedDeliveriesAnswer})
    @action(detail=False, methods=["post"], url_path="replay")
    def replay_many(self, request: Request) -> Response:
        """Send up to 200 deliveries again: all of them or none."""
        return self.answered(services.replay_deliveries, self.checked(request, serializer=DeliveryIdsSerializer)["ids"])


class OfferedEventsView(PlainView):
    """Every event that a webhook can send."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(responses={200: OfferedAnswer})
    def get(self, request: Request) -> Response:
        """Events with their names, for `event_patterns`."""
        demand_known_parameters(request.query_params)
        results = [
            {"name": item.name, "label": event_label(item.name), "module": item.module} for item in offered_events()
        ]
        return Response({"count": len(results), "next": None, "previous": None, "results": results})


def _shown(delivery: WebhookDelivery) -> dict[str, Any]:
    return dict(WebhookDeliveryDetailSerializer(delivery).data)


def _rehearsed(pk: UUID, values: dict[str, Any]) -> Response:
    with scoped_transaction():
        return Response(_body(range_of(pk, **values).count(most=AT_ONCE + 1), dry_run=True))


def _kept(done: RangeReplayed) -> Answer:
    return Answer(202, accepted_body(done.job_id)) if done.job_id else Answer(200, _body(done.count))


def _body(count: int, *, dry_run: bool = False) -> dict[str, Any]:
    return {"count": count, "dry_run": dry_run}
