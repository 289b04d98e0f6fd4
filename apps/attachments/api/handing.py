"""Hands out files by their links: never as a page of ours, in pieces, to nobody but the one whom the link is for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.attachments.calculations.kinds import ACTIVE, THUMBNAIL_TYPE, UNKNOWN
from apps.attachments.calculations.ranges import Span, Unsatisfiable, wanted_span
from apps.attachments.models import Attachment
from apps.attachments.selectors.handing import is_shown_in_place
from apps.attachments.services.links import Meant, meant_by
from apps.attachments.services.storing import opened, thumbnail_key
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.transactions import reading_paused

CHUNK: Final = 64 * 1024
PRESIGNED: Final = 60  # seconds
# Whatever a browser makes of it, it is nobody's page: no script, no form, no plugin, no origin.
ISOLATED: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


handing_schema = extend_schema(
    responses={
        (200, "*/*"): OpenApiTypes.BINARY,
        (206, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The part that was asked for."),
        302: OpenApiResponse(description="The storage itself has the file, for a minute."),
        416: OpenApiResponse(description="The file ends before the part begins."),
    },
    parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="Bytes of the file.")],
)


class FileView(APIView):
    """A file, or a thumbnail of one."""

    public = "the link says whom it is for; anybody else finds nothing there, like somebody who is not signed in"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is what it is, whatever the caller would rather have."""
        return super().perform_content_negotiation(request, force=True)

    @handing_schema
    def get(self, request: Request, token: str) -> HttpResponseBase:
        """Hand the file to whom the link is for. Broken, expired and foreign links all lead nowhere."""
        demand_known_parameters(request.query_params)
        return handed_out(request._request, meant_by(token))


def handed_out(request: HttpRequest, meant: Meant) -> HttpResponseBase:
    """The file as it leaves, for a caller who may have it. Raises RowNotFound for content that is lost."""
    if not meant.thumbnail and settings.ATTACHMENTS_REDIRECT:
        return HttpResponseRedirect(_presigned(meant.attachment))
    return _kept_private(_served(request, meant))


def _served(request: HttpRequest, meant: Meant) -> HttpResponseBase:
    row = meant.attachment
    if meant.thumbnail:
        return _from_storage(request, thumbnail_key(row.file.key, meant.thumbnail), kind=THUMBNAIL_TYPE)
    disposition = content_disposition_header(not is_shown_in_place(row.file), row.name)
    try:
        span = wanted_span(request.headers.get("Range", ""), row.size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    response = _from_storage(request, row.file.key, kind=_declared(row), span=span)
    response["Content-Disposition"] = disposition or "attachment"
    response["Accept-Ranges"] = "bytes"
    if span is None:
        response["Content-Length"] = str(row.size)
    else:
        response.status_code = 206
        response["Content-Length"] = str(span.length)
        response["Content-Range"] = f"bytes {span.start}-{span.end}/{row.size}"
    return response


def _declared(row: Attachment) -> str:
    """The type as browsers are told; what could run as a page is bytes to be saved."""
    return UNKNOWN if row.content_type in ACTIVE else row.content_type


def _from_storage(request: HttpRequest, key: str, *, kind: str, span: Span | None = None) -> StreamingHttpResponse:
    try:
        with reading_paused():
            content = opened(key)
    except FileNotFoundError:
        raise RowNotFound from None
    pieces: Any = _pieces(content, span)
    if isinstance(request, ASGIRequest):
        pieces = _in_thread(pieces)
    return StreamingHttpResponse(pieces, content_type=kind)


def _pieces(content: Any, span: Span | None) -> Iterator[bytes]:
    with content:
        left = None if span is None else span.length
        if span is not None:
            content.seek(span.start)
        while left is None or left > 0:
            piece = content.read(CHUNK if left is None else min(CHUNK, left))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    step = sync_to_async(_next, thread_sensitive=True)
    while piece := await step(pieces):
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    """The next piece, nothing at the end: an exception of its own cannot cross into a coroutine."""
    return next(pieces, b"")


def _kept_private(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = ISOLATED
    response["Cache-Control"] = f"private, max-age={settings.ATTACHMENTS_LINK_SECONDS}"
    return response


def _presigned(row: Attachment) -> str:
    """An address of the storage itself, for a minute; made here, without asking the storage."""
    disposition = content_disposition_header(not is_shown_in_place(row.file), row.name)
    parameters = {"ResponseContentDisposition": disposition or "attachment", "ResponseContentType": _declared(row)}
    storage: Any = default_storage
    return str(storage.url(row.file.key, parameters=parameters, expire=PRESIGNED))
