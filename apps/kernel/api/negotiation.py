"""Which form an answer takes: JSON, and for lists the forms of an export too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from apps.kernel.api.renderers import FastJSONRenderer


class _FileRenderer(FastJSONRenderer):
    """Stands for a form of export in the negotiation; what it renders itself are refusals, in JSON."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """JSON: the file itself is streamed past the renderers."""
        return super().render(data)


class CSVRenderer(_FileRenderer):
    """`Accept: text/csv`."""

    media_type = "text/csv"
    format = "csv"


class XLSXRenderer(_FileRenderer):
    """A spreadsheet."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


LIST_RENDERERS: tuple[type[BaseRenderer], ...] = (FastJSONRenderer, CSVRenderer, XLSXRenderer)


class HouseNegotiation(DefaultContentNegotiation):
    """By `format=`, then by `Accept`; a form that is not offered is 406."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str | None) -> list[BaseRenderer]:
        """Renderers of the form. Raises NotAcceptable for none."""
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise NotAcceptable
        return found

    def get_accept_list(self, request: Request) -> list[str]:
        """What the caller takes; who takes problem documents takes JSON."""
        header = request.META.get("HTTP_ACCEPT", "*/*")
        return [token.strip().replace("application/problem+json", "application/json") for token in header.split(",")]
