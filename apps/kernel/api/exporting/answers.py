"""`?format=csv`: a file at once for up to 10,000 rows, a job with a download link for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel import clock
from apps.kernel.api.exporting.formats import FORMATS, Format
from apps.kernel.api.exporting.rows import exported_rows, file_names, file_selection
from apps.kernel.api.exporting.streams import streaming_response
from apps.kernel.api.reading.reader import ListShape, Selection
from apps.kernel.commands.declarations import command
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.inputs import REDACTED, Unkept, encrypted_names
from apps.kernel.commands.running import running
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.translating.locales import current_locales
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue

AT_ONCE = 10_000
KIND = "kernel.export"


@dataclass(frozen=True, slots=True)
class Asking(Unkept):
    """The address with everything that it holds: for the job, which keeps it encrypted, not for the history."""

    address: str


def exported(view: Any, request: Request, form: Format) -> Any:
    """The answer to a list request that asks for a file. Raises FeatureRequired, InvalidInput with all complaints."""
    for feature in view.export_features:
        demand_feature(current_scope(), feature)
    shape = view.shape()
    selection = file_selection(view.listed_rows(request.query_params), request.query_params, shape)
    if selection.wish.inner:
        message = _("A file has no room for expanded records.")
        raise InvalidInput(errors=(FieldError("expand", "kernel.export.flat", message),))
    found = selection.rows.order_by().values("pk")[: AT_ONCE + 1].count()
    address = kept_address(request, view.entity, shape)
    if found > AT_ONCE and service(ProgressReporter).is_available:
        job_id = start_export(entity=view.entity, form=form.id, address=address, asked=Asking(request.get_full_path()))
        return accepted(job_id)
    record_export(entity=view.entity, form=form.id, address=address, rows=found)
    return _file(view, request, form, selection, shape)


def kept_address(request: Request, entity: str, shape: ListShape) -> str:
    """The address as the history keeps it: without what encrypted columns were compared with."""
    encrypted, filters, customs = encrypted_names(entity), shape.filters.base_filters, shape.what.customs
    given = QueryDict(request._request.META.get("QUERY_STRING", ""), mutable=True)
    own = {name for name in given if getattr(filters.get(name), "field_name", name) in encrypted}
    hidden = own | {name for name in given if customs.is_private(name)}
    if not hidden:
        return request.get_full_path()
    for name in hidden:
        given[name] = REDACTED
    return f"{request.path}?{given.urlencode(safe='[]')}"


def _file(view: Any, request: Request, form: Format, selection: Selection, shape: ListShape) -> Any:
    def note(ids: list[UUID]) -> None:
        """Nothing: the reads are noted before the answer begins."""

    if view.kind().is_sensitive:
        ids = list(selection.rows.order_by().values_list("pk", flat=True)[: AT_ONCE + 1])
        view.note_read(ids, how="export")
    return streaming_response(
        request._request,
        current_scope(),
        lambda: form.write(file_names(selection, shape), exported_rows(selection, shape, view, note=note)),
        **{
            "Content-Type": form.media_type,
            "Content-Disposition": f'attachment; filename="{file_name(view.entity, form)}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def accepted(job_id: UUID) -> Response:
    """202: the work goes on behind the answer; the job says how far it is."""
    body = accepted_body(job_id)
    headers = {"Location": body["progress"]}
    return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers, content_type="application/json")


def accepted_body(job_id: UUID) -> dict[str, str]:
    """Which job it is, and where to look after it."""
    return {"progress_job_id": str(job_id), "progress": f"/api/progress/jobs/{job_id}/"}


def file_name(entity: str, form: Format) -> str:
    """What the downloaded file is called."""
    return f"{entity.replace('.', '-')}-{clock.now():%Y%m%d-%H%M%S}.{form.id}"


@command(
    "kernel.list.export",
    open_reason="the list has checked its own features",
    undoable=False,
    undo_reason=gettext_lazy("what has been handed out cannot be taken back."),
)
def record_export(*, entity: str, form: str, address: str, rows: int) -> None:
    """Write into the history that a list was exported: which one, with what conditions, how many rows."""
    running().resource.entity = entity


@command(
    "kernel.list.start_export",
    open_reason="the list has checked its own features",
    undoable=False,
    undo_reason=gettext_lazy("what has been handed out cannot be taken back."),
)
def start_export(*, entity: str, form: str, address: str, asked: Asking) -> UUID:
    """Open the job of a large export and queue its work."""
    running().resource.entity = entity
    given = {"entity": entity, "form": form, "address": asked.address, "locales": list(current_locales())}
    values = {**given, **current_manners()}
    name = gettext_noop("Export of {kind}")
    job_id = service(ProgressReporter).open(KIND, name=name, words={"kind": entity}, is_cancellable=True, values=values)
    enqueue(KIND, job_id)
    return job_id


def wanted_format(request: Request) -> Format | None:
    """The form of export that the request asks for by `format=` or `Accept`; None for a page of the list."""
    asked = request.query_params.get("format")
    chosen = getattr(request.accepted_renderer, "format", "")
    return FORMATS.get(asked or (chosen if chosen != "json" else ""))
