"""Export of a list: what it shows or everything, of all rows or of those selected; a file, or a job with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.kernel.admin.addresses import model_address, with_query
from apps.kernel.admin.bulk import chosen_or_told
from apps.kernel.admin.bulk_edit import list_address
from apps.kernel.admin.export_rows import ALL, SHOWN, exported_selection, resource_for
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.many import page_at
from apps.kernel.admin.selections import FIELD, posted, read_chosen
from apps.kernel.admin.writing import run
from apps.kernel.api.exporting.answers import AT_ONCE, file_name, record_export
from apps.kernel.api.exporting.formats import FORMATS
from apps.kernel.api.exporting.rows import exported_rows, file_names
from apps.kernel.api.exporting.streams import streaming_response
from apps.kernel.api.jobs import Result, Watch, carry_out, write_file
from apps.kernel.commands.declarations import command
from apps.kernel.commands.inputs import REDACTED, Unkept, encrypted_names
from apps.kernel.commands.running import running
from apps.kernel.errors import FeatureRequired
from apps.kernel.ports import JobInput, ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.translating.locales import current_locales
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue

EXPORT_SELECTED = gettext_lazy("Export selected")
KIND = "kernel.list_export"
SEARCH = "q"


@dataclass(frozen=True, slots=True)
class Wanted(Unkept):
    """What was asked for: the list's address with its filters, which fields, and the selection ("" for all rows)."""

    address: str
    fields: str
    chosen: str


def export_selected(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Ask in which form the selected records are wanted."""
    if resource_for(page, request) is None:
        raise PermissionDenied
    chosen = chosen_or_told(page, request, queryset)
    if chosen is None:
        return None
    context = {
        **list_frame(page, request, _("Export selected records")),
        "chosen": chosen,
        "count": len(chosen.ids),
        "address": export_address(page, request),
        "back": list_address(page, request),
    }
    return TemplateResponse(request, "backoffice/export.html", context)


def export_address(page: Any, request: HttpRequest) -> str:
    """Where the list as it is filtered now is exported."""
    return with_query(model_address(page, "export"), request)


def export_view(page: Any, request: HttpRequest) -> HttpResponseBase:
    """The file, or a job for a large one. Raises InvalidInput for filters that the list does not know."""
    resource = resource_for(page, request)
    if resource is None:
        raise PermissionDenied
    form, fields = FORMATS.get(request.POST.get("format", "")), request.POST.get("fields", SHOWN)
    if request.method != "POST" or form is None or fields not in {SHOWN, ALL}:
        raise Http404
    chosen = posted(request) if FIELD in request.POST else None
    selection, shape, view = exported_selection(page, request, resource, fields=fields, chosen=chosen)
    found = selection.rows.order_by().values("pk")[: AT_ONCE + 1].count()
    if found > AT_ONCE and service(ProgressReporter).is_available:
        wanted = Wanted(list_address(page, request), fields, chosen.text if chosen else "")
        run(start_list_export, entity=view.entity, form=form.id, address=_kept(page, request), wanted=wanted)
        text = _("The file is being written. The strip at the top of the page says when it can be downloaded.")
        page.message_user(request, text, messages.INFO)
        return HttpResponseRedirect(list_address(page, request))
    run(record_export, entity=view.entity, form=form.id, address=_kept(page, request), rows=found)
    if view.kind().is_sensitive:
        view.note_read(list(selection.rows.order_by().values_list("pk", flat=True)[: AT_ONCE + 1]), how="export")
    return streaming_response(
        request,
        current_scope(),
        lambda: form.write(file_names(selection, shape), exported_rows(selection, shape, view, note=lambda ids: None)),
        **{
            "Content-Type": form.media_type,
            "Content-Disposition": f'attachment; filename="{file_name(view.entity, form)}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _kept(page: Any, request: HttpRequest) -> str:
    """The address for the history; what was searched for stays out of it where records keep something encrypted."""
    query = request.GET.copy()
    if SEARCH in query and encrypted_names(str(page.model.entity_id)):
        query[SEARCH] = REDACTED
    return f"{request.path}?{query.urlencode(safe='[]')}" if query else request.path


@command(
    "kernel.list.start_list_export",
    open_reason="the list has checked its own features",
    undoable=False,
    undo_reason=gettext_lazy("what has been handed out cannot be taken back."),
)
def start_list_export(*, entity: str, form: str, address: str, wanted: Wanted) -> UUID:
    """Open the job of a large export from a list of the back office and queue its work."""
    running().resource.entity = entity
    values = {
        "entity": entity,
        "form": form,
        "address": wanted.address,
        "fields": wanted.fields,
        "chosen": wanted.chosen,
        "locales": list(current_locales()),
        **current_manners(),
    }
    name = gettext_noop("Export of {kind}")
    job_id = service(ProgressReporter).open(KIND, name=name, words={"kind": entity}, is_cancellable=True, values=values)
    enqueue(KIND, job_id)
    return job_id


@work_kind(KIND, attempts=3)
def write_list(job_id: UUID, lease: Lease) -> None:
    """Write the file of a list and say where it is."""
    carry_out(job_id, lease, _written)


def _written(job_id: UUID, job: JobInput, watch: Watch) -> Result:
    return write_file(job_id, job, watch, _chosen)


def _chosen(job: JobInput) -> tuple[Any, Any, Any]:
    page, request = page_at(job.values["address"])
    request.method, request.POST = "POST", QueryDict()
    resource = resource_for(page, request)
    if resource is None:
        raise FeatureRequired(feature=page.view_feature)
    chosen = read_chosen(job.values["chosen"]) if job.values["chosen"] else None
    return exported_selection(page, request, resource, fields=job.values["fields"], chosen=chosen)
