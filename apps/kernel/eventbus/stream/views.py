"""`GET /api/events/stream`: opens a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.renderers import FastJSONRenderer
from apps.kernel.eventbus.stream.authority import Admitted
from apps.kernel.eventbus.stream.errors import StreamElsewhere
from apps.kernel.eventbus.stream.messages import MEDIA_TYPE, OPENING
from apps.kernel.eventbus.stream.serving import OPENING as PLACE
from apps.kernel.eventbus.stream.serving import Opening
from apps.kernel.eventbus.stream.streams import Stream
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.selection import choice_of

AFTER = OpenApiParameter("after", str, description="The last id, for clients that cannot send `Last-Event-ID`.")
LAST = OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER, description="The last id that was heard.")
# Proxies pass each message on at once.
HEADERS = {"X-Accel-Buffering": "no"}


class EventStream(FastJSONRenderer):
    """Stands for the stream in the negotiation; refusals are JSON."""

    media_type = MEDIA_TYPE
    format = "event-stream"


class StreamView(APIView):
    """The live stream."""

    authenticated = "each event is told only to those who may read the record that it is about"
    renderer_classes = (EventStream,)
    metadata_class = None

    @extend_schema(parameters=[AFTER, LAST], responses={(200, MEDIA_TYPE): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponseBase:
        """What happens, while it happens, as server-sent events.

        The data of each message is `{id, name, entity, entity_id, organization_id, occurred_at, actor, payload}`;
        above 4 kB the payload is left out and `truncated` is true. A message `agora:gap` says that something may have
        been missed. Served by ASGI processes; others answer 501.
        """
        demand_known_parameters(request.query_params, ("after", "format"))
        plain = request._request
        opening = opening_of(plain)
        if opening is None:
            raise StreamElsewhere(path=request.path)
        if request.method == "HEAD":
            return HttpResponse(content_type=MEDIA_TYPE, headers=HEADERS)
        opening.admit(Stream(admitted(plain), last_id=_last_id(request)))
        return StreamingHttpResponse(_first(), content_type=MEDIA_TYPE, headers=HEADERS)


def opening_of(request: HttpRequest) -> Opening | None:
    """Where a stream can be handed over; None in a process that holds none."""
    scope: dict[str, Any] = getattr(request, "scope", None) or {}
    return cast("Opening | None", scope.get(PLACE))


def admitted(request: HttpRequest) -> Admitted:
    """With what the request came, so that it can be judged again."""
    return Admitted(request.resolved_actor, choice_of(request), current_scope())  # type: ignore[attr-defined]


def _last_id(request: Request) -> str:
    """What the browser sends when it comes back goes before what the address said when it first came."""
    return str(request.headers.get("Last-Event-ID") or request.query_params.get("after", ""))


async def _first() -> AsyncIterator[bytes]:
    yield OPENING
