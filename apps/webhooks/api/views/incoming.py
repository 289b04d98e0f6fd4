"""REST interface of incoming webhooks: endpoints, what came in, and the address that senders post to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.issuing import IssuingViewSet
from apps.kernel.api.plain import PlainView
from apps.kernel.api.refusals import TooLarge
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.limits.addresses import counted_address
from apps.kernel.limits.counting import consume
from apps.kernel.limits.rates import declare
from apps.webhooks import services
from apps.webhooks.api.serializers import (
    EndpointRotationSerializer,
    EndpointSerializer,
    InboundAnswer,
    IssuedEndpointSerializer,
    NewEndpointSerializer,
    ReceiptDetailSerializer,
    ReceiptSerializer,
)
from apps.webhooks.features import MANAGE, SECRETS, VIEW
from apps.webhooks.models import InboundEndpoint, InboundReceipt
from apps.webhooks.services.receiving import take_in

LARGEST: Final = 1024 * 1024  # bytes of an incoming body
INBOUND_LIMIT: Final = declare("webhooks.inbound.address", "60/60")


class EndpointViewSet(IssuingViewSet):
    """Endpoints of the selected organizations."""

    entity = InboundEndpoint.entity_id
    serializer_class = EndpointSerializer
    filter_fields = ("organization_id", "name", "adapter", "is_active", "created_at", "updated_at")
    ordering_fields = ("name", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_endpoint
    update_command = services.update_endpoint
    delete_command = services.delete_endpoint
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "create": (MANAGE,),
        "update": (MANAGE,),
        "partial_update": (MANAGE,),
        "destroy": (MANAGE,),
        "rotate_secret": (SECRETS,),
    }

    def get_serializer_class(self) -> Any:
        """A secret is given with a new endpoint only."""
        return NewEndpointSerializer if self.action == "create" else EndpointSerializer

    @extend_schema(responses={201: IssuedEndpointSerializer})
    def create(self, request: Request) -> Response:
        """Add an endpoint; the answer holds its secret under `secret`, this once."""
        return self.issued_new(request)

    @extend_schema(request=EndpointRotationSerializer, responses={200: IssuedEndpointSerializer})
    @action(detail=True, methods=["post"])
    def rotate_secret(self, request: Request, pk: UUID) -> Response:
        """Give the endpoint another secret, shown this once; the former one is good for `grace_hours` (24)."""
        values = self.checked(request, serializer=EndpointRotationSerializer)
        return self.issued(services.rotate_endpoint_secret, pk, **values)


class ReceiptViewSet(CommandViewSet):
    """What came in, newest first; `status=dead` lists what was given up. Bodies stand in details."""

    entity = InboundReceipt.entity_id
    serializer_class = ReceiptSerializer
    filter_fields = (
        "organization_id",
        "endpoint_id",
        "message_id",
        "event_type",
        "status",
        "created_at",
        "ended_at",
        "updated_at",
    )
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    bulk_commands: ClassVar[dict[str, Any]] = {"reprocess": services.reprocess_receipt}
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "reprocess": (MANAGE,),
    }

    def get_serializer_class(self) -> Any:
        """The body stands in details only."""
        return ReceiptDetailSerializer if self.action == "retrieve" else ReceiptSerializer

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reprocess(self, request: Request, pk: UUID) -> Response:
        """Have a message that was given up handled again."""
        return self.pressed(request, services.reprocess_receipt, pk)


class BytesParser(BaseParser):
    """The body byte for byte, whatever it says it is: a signature is over bytes."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The bytes. Raises TooLarge."""
        body: bytes = stream.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLarge(limit=LARGEST)
        return body


class InboundView(PlainView):
    """Where other systems post their messages."""

    public = "senders prove themselves by the signature of each message"
    authentication_classes = ()
    parser_classes = (BytesParser,)
    keyless: ClassVar[tuple[str, ...]] = ("post",)

    @extend_schema(request={"*/*": OpenApiTypes.BINARY}, responses={200: InboundAnswer})
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Take a message in: proved, stored and queued once. One that came before is answered `duplicate`."""
        consume([(INBOUND_LIMIT, (str(endpoint_id), counted_address(request._request)))])
        body = request.data if isinstance(request.data, bytes) else b""
        headers = {name.lower(): value for name, value in request.headers.items()}
        taken = take_in(endpoint_id, headers, body)
        return Response({"duplicate": taken.is_duplicate})
