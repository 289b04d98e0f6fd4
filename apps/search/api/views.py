"""REST interface of the search."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.exporting.answers import accepted, accepted_body
from apps.kernel.api.parsers import StrictJSONParser
from apps.kernel.api.preconditions import etag_of, expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import NO_OBJECT, Malformed
from apps.kernel.api.repeats import idempotency_of, replay
from apps.kernel.api.serializers import StrictSerializer
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.outcome import collected_actions
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


class SearchBase(GenericAPIView[Any]):
    """What the addresses of the search share."""

    parser_classes = (StrictJSONParser,)
    pagination_class = None
    metadata_class = None

    def asked(self, request: Request, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The checked query parameters. Raises InvalidInput, ValidationError."""
        demand_known_parameters(request.query_params, serializer().fields)
        form = serializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def given(self, request: Request, serializer: Any, *, partial: bool = False) -> dict[str, Any]:
        """The checked body. Raises Malformed, ValidationError."""
        if not isinstance(request.data, dict):
            raise Malformed(reason=NO_OBJECT)
        form = serializer(data=request.data, partial=partial)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Name the action that a write was, and keep what is found out of caches."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        actions = collected_actions()
        if request.method not in SAFE_METHODS and actions and final.status_code < 400:
            final["X-Action-Id"] = str(actions[-1])
        return final


class SearchView(SearchBase):
    """Records of every kind that the caller may see."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(parameters=[SearchSerializer], responses={200: FindingsSerializer})
    def get(self, request: Request) -> Response:
        """Records with all of the words, whatever their case and accents; the last word may be a beginning."""
        asked = self.asked(request, SearchSerializer)
        return _answer(find(asked["q"], entities=asked.get("entities", ()), limit=asked["page_size"]))


class PaletteView(SearchBase):
    """The same, while somebody types: the dozen best, and nobody outside is asked."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(parameters=[PaletteSerializer], responses={200: FindingsSerializer})
    def get(self, request: Request) -> Response:
        """The best hits for what was typed so far."""
        return _answer(find(self.asked(request, PaletteSerializer)["q"], limit=PALETTE, quick=True))


def _answer(found: Findings) -> Response:
    return Response(shown_findings(found))


class SettingsView(SearchBase):
    """How the tenant searches."""

    features: ClassVar[tuple[str, ...]] = (MANAGE,)

    @extend_schema(responses={200: SettingsSerializer})
    def get(self, request: Request) -> Response:
        """The settings; those of a tenant that has changed nothing are the defaults."""
        demand_known_parameters(request.query_params, {"format"})
        return _shown_settings(current_settings())

    @extend_schema(request=SettingsSerializer, responses={200: SettingsSerializer})
    def patch(self, request: Request) -> Response:
        """Change the settings; what is rebuilt because of them is rebuilt by a worker."""
        values = self.given(request, SettingsSerializer, partial=True)
        key = idempotency_of(request, lambda row: Answer(status.HTTP_200_OK, dict(SettingsSerializer(row).data)))
        try:
            with invoked(source=Source.API, expected_version=expected_version(request), idempotency=key):
                row = update_settings(**values)
        except Replayed as earlier:
            return replay(earlier.answer)
        return _shown_settings(row)


def _shown_settings(row: SearchSettings) -> Response:
    response = Response(dict(SettingsSerializer(row).data))
    if not row._state.adding and (tag := etag_of(row)) is not None:
        response["ETag"] = tag
    return response


class StatusView(SearchBase):
    """How the index stands."""

    features: ClassVar[tuple[str, ...]] = (MANAGE,)

    @extend_schema(responses={200: StatusSerializer})
    def get(self, request: Request) -> Response:
        """Documents of each kind, what the last comparison found, what waits and what failed."""
        demand_known_parameters(request.query_params, {"format"})
        return Response(shown_status(index_status()))


class RebuildView(SearchBase):
    """Rebuild the index of a kind."""

    features: ClassVar[tuple[str, ...]] = (MANAGE,)

    @extend_schema(request=RebuildSerializer, responses={202: AcceptedAnswer})
    def post(self, request: Request) -> Response:
        """Queue it, as a long job that can be watched and stopped; nothing is missing meanwhile."""
        values = self.given(request, RebuildSerializer)
        key = idempotency_of(request, lambda job_id: Answer(status.HTTP_202_ACCEPTED, accepted_body(job_id)))
        try:
            with invoked(source=Source.API, idempotency=key):
                return accepted(rebuild_index(**values))
        except Replayed as earlier:
            return replay(earlier.answer)
