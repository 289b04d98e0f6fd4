"""REST interface of the search."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import etag_of, expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.search.api.serializers import (
    AcceptedAnswer,
    FindingsSerializer,
    PaletteSerializer,
    RebuildSerializer,
    SearchSerializer,
    SettingsSerializer,
    StatusSerializer,
    shown_findings,
    shown_status,
)
from apps.search.features import MANAGE, VIEW
from apps.search.models import SearchSettings
from apps.search.selectors.settings import current_settings
from apps.search.selectors.status import index_status
from apps.search.services.rebuilds import rebuild_index
from apps.search.services.searching import Findings, find
from apps.search.services.settings import update_settings

PALETTE = 12  # hits


class SearchView(PlainView):
    """Records of every kind that the caller may see."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(parameters=[SearchSerializer], responses={200: FindingsSerializer})
    def get(self, request: Request) -> Response:
        """Records with all of the words, whatever their case and accents; the last word may be a beginning."""
        asked = self.asked(SearchSerializer)
        return _answer(find(asked["q"], entities=asked.get("entities", ()), limit=asked["page_size"]))


class PaletteView(PlainView):
    """The same, while somebody types: the dozen best, and nobody outside is asked."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(parameters=[PaletteSerializer], responses={200: FindingsSerializer})
    def get(self, request: Request) -> Response:
        """The best hits for what was typed so far."""
        return _answer(find(self.asked(PaletteSerializer)["q"], limit=PALETTE, quick=True))


def _answer(found: Findings) -> Response:
    return Response(shown_findings(found))


class SettingsView(PlainView):
    """How the tenant searches."""

    features: ClassVar[tuple[str, ...]] = (MANAGE,)

    @extend_schema(responses={200: SettingsSerializer})
    def get(self, request: Request) -> Response:
        """The settings; those of a tenant that has changed nothing are the defaults."""
        demand_known_parameters(request.query_params, {"format"})
        row = current_settings()
        response = Response(_settings(row))
        if not row._state.adding and (tag := etag_of(row)) is not None:
            response["ETag"] = tag
        return response

    @extend_schema(request=SettingsSerializer, responses={200: SettingsSerializer})
    def patch(self, request: Request) -> Response:
        """Change the settings; what is rebuilt because of them is rebuilt by a worker."""
        values = self.checked(SettingsSerializer, partial=True)
        return self.answered(lambda: update_settings(**values), _settings, expected=expected_version(request))


def _settings(row: SearchSettings) -> dict[str, Any]:
    return dict(SettingsSerializer(row).data)


class StatusView(PlainView):
    """How the index stands."""

    features: ClassVar[tuple[str, ...]] = (MANAGE,)

    @extend_schema(responses={200: StatusSerializer})
    def get(self, request: Request) -> Response:
        """Documents of each kind, what the last comparison found, what waits and what failed."""
        demand_known_parameters(request.query_params, {"format"})
        return Response(shown_status(index_status()))


class RebuildView(PlainView):
    """Rebuild the index of a kind."""

    features: ClassVar[tuple[str, ...]] = (MANAGE,)

    @extend_schema(request=RebuildSerializer, responses={202: AcceptedAnswer})
    def post(self, request: Request) -> Response:
        """Queue it, as a long job that can be watched and stopped; nothing is missing meanwhile."""
        values = self.checked(RebuildSerializer)
        return self.queued(lambda: rebuild_index(**values))
