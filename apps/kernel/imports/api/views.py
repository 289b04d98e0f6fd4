"""REST interface of imports: give a file, look, arrange, check, start, and fetch the rows that did not go in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.exporting.streams import streaming_response
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import MediaTypeRefused
from apps.kernel.api.serializers import Empty
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.imports.api.serializers import (
    ArrangementSerializer,
    GivenFile,
    OwnRuns,
    PreviewAnswer,
    RunAnswer,
    RunsAnswer,
    StopSerializer,
    shown_preview,
    shown_run,
)
from apps.kernel.imports.errors import FileTooLarge
from apps.kernel.imports.limits import MOST_BYTES
from apps.kernel.imports.models import ImportRun
from apps.kernel.imports.planning.mapping import mapping_from_json
from apps.kernel.imports.planning.options import options_from_json
from apps.kernel.imports.reading.sources import Layout
from apps.kernel.imports.runs import drafts
from apps.kernel.imports.runs.files import failed_rows
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import reading_paused

FORM: Final = "multipart/form-data"
OPTIONS: Final = ("mode", "key", "all_or_nothing")
SLACK: Final = 1024 * 1024  # for the fields beside the file, and the form around them
SHOWN: Final = 50
WHY: Final = "an import asks for what creating and changing records of its kind needs, and is nobody's but the caller's"


class ImportsView(PlainView):
    """Files on their way into records."""

    authenticated: ClassVar[str] = WHY
    parser_classes = (MultiPartParser,)
    keyless = ("post",)  # a file that is given twice waits twice, and changes nothing

    @extend_schema(parameters=[OwnRuns], responses={200: RunsAnswer})
    def get(self, request: Request) -> Response:
        """The caller's fifty latest imports into the selected organization whose files are still there."""
        asked = self.asked(OwnRuns)
        actor, scope = current_scope().actor, current_scope()
        rows = ImportRun.objects.filter(owner_kind=actor.kind.value, owner_id=actor.id, **asked).exclude(file="")
        rows = rows.filter(owner_organization_id=scope.organization_id, owner_id__isnull=False)
        return Response({"results": [shown_run(run) for run in rows.order_by("-created_at", "-pk")[:SHOWN]]})

    @extend_schema(request={FORM: GivenFile}, responses={201: RunAnswer})
    def post(self, request: Request) -> Response:
        """Give a file (CSV or XLSX, up to 25 MB). How it is read and where columns go is guessed; nothing runs yet."""
        if request.content_type.partition(";")[0] != FORM:
            raise MediaTypeRefused
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + SLACK:
            raise FileTooLarge(what="bytes", most=MOST_BYTES)
        with reading_paused():  # a slow sender holds no transaction open
            request.data  # noqa: B018 - it is read here
        given = self.checked(GivenFile)
        _demand_target(given["entity"])
        run = drafts.take(given["entity"], given["file"], str(given["file"].name))
        response = Response(shown_run(run), status=status.HTTP_201_CREATED)
        response["Location"] = f"/api/imports/{run.pk}/"
        return response


def _demand_target(entity: str) -> None:
    try:
        drafts.target_for(entity)
    except RowNotFound:
        raise InvalidInput(errors=(no_such_record("entity"),)) from None


class ImportView(PlainView):
    """One import of the caller's own."""

    authenticated: ClassVar[str] = WHY
    keyless = ("patch",)

    @extend_schema(responses={200: RunAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """How it is read and arranged, how far it is, what became of its rows."""
        demand_known_parameters(request.query_params)
        return Response(shown_run(drafts.run_of(pk)))

    @extend_schema(request=ArrangementSerializer, responses={200: RunAnswer})
    def patch(self, request: Request, pk: UUID) -> Response:
        """Read the file in another way, assign columns, or say what is done with the rows."""
        given = self.checked(ArrangementSerializer, partial=True)
        run = drafts.run_of(pk)
        if "layout" in given:
            run = drafts.lay_out(run, replace(Layout.from_json(run.layout), **given["layout"]))
        if set(given) - {"layout"}:
            mapping = mapping_from_json(given.get("mapping", run.mapping))
            options = {**run.options, **{name: given[name] for name in OPTIONS if name in given}}
            run = drafts.arrange(run, mapping, options_from_json(options))
        return Response(shown_run(run))


class PreviewView(PlainView):
    """What is in the file, and what can be done with it."""

    authenticated: ClassVar[str] = WHY

    @extend_schema(responses={200: PreviewAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """The first rows, fields, keys and modes to choose from, and the changes that the last check found."""
        demand_known_parameters(request.query_params)
        run = drafts.run_of(pk)
        target = drafts.target_for(run.entity)
        modes = [mode for mode in target.modes() if drafts.may(target, mode)]
        return Response(shown_preview(run, target, drafts.look_into(run), modes))


class _BeginView(PlainView):
    """Queue work on an import."""

    authenticated: ClassVar[str] = WHY
    keyless = ("post",)  # what has been started is not started again

    def begun(self, pk: UUID, *, rehearse: bool) -> Response:
        """The run, at work."""
        self.checked(Empty)
        run = drafts.begin(drafts.run_of(pk), rehearse=rehearse)
        shown = shown_run(run)
        headers = {"Location": shown["progress"]} if shown["progress"] else {}
        return Response(shown, status=status.HTTP_202_ACCEPTED, headers=headers)


class CheckView(_BeginView):
    """The check of an import."""

    @extend_schema(request=Empty, responses={202: RunAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Run the import and take it back: counts, errors and changes are those that the import would have."""
        return self.begun(pk, rehearse=True)


class StartView(_BeginView):
    """The import itself."""

    @extend_schema(request=Empty, responses={202: RunAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Write the rows, as one change; its `action_id` can be undone at `/api/audit_logs/actions/<id>/undo/`."""
        return self.begun(pk, rehearse=False)


class StopView(PlainView):
    """The end of an import before its time."""

    authenticated: ClassVar[str] = WHY
    keyless = ("post",)

    @extend_schema(request=StopSerializer, responses={202: RunAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Stop after the batch in hand, and keep what is in or take it back."""
        given = self.checked(StopSerializer)
        run = drafts.run_of(pk)
        drafts.stop(run, keeps=given["keep"])
        return Response(shown_run(drafts.run_of(pk)), status=status.HTTP_202_ACCEPTED)


class ErrorsView(PlainView):
    """The rows that did not go in."""

    authenticated: ClassVar[str] = WHY

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is what it is, whatever the caller would rather have."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: UUID) -> StreamingHttpResponse:
        """The rows with why, as a CSV that can be corrected and given again. Gone when the file is."""
        demand_known_parameters(request.query_params)
        run = drafts.run_of(pk)
        if not run.file:
            raise RowNotFound
        name = f"{run.file_name.rpartition('.')[0] or run.file_name}-errors.csv"
        headers = {"Content-Type": "text/csv; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        return streaming_response(request._request, current_scope(), lambda: failed_rows(run), **headers)
