"""The way of a file into a list: give the file, assign its columns, check, import, and see what came of it."""

from __future__ import annotations

from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.formats import number_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from apps.kernel.admin.addresses import model_address, model_path
from apps.kernel.admin.customs import entity_on
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.import_columns import columns_context, given_layout, given_mapping, given_options
from apps.kernel.admin.import_results import result_context
from apps.kernel.admin.places import demand_place
from apps.kernel.api.exporting.streams import streaming_response
from apps.kernel.errors import FieldError, PlatformError, RowNotFound
from apps.kernel.extensions.spots import Place, Widget, widget
from apps.kernel.imports.errors import OrderInvalid
from apps.kernel.imports.limits import MOST_BYTES, MOST_ROWS
from apps.kernel.imports.models import ImportRun, RunState
from apps.kernel.imports.resources.targets import target_of_entity
from apps.kernel.imports.runs import drafts
from apps.kernel.imports.runs.files import failed_rows
from apps.kernel.imports.targets import ImportTarget
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope, scope_or_none

ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
SHOWN_RUNS: Final = 5
FORM_ERRORS: Final = frozenset({400, 409, 413, 422})


class ImportPages:
    """Addresses `import/`, `import/<run>/` and `import/<run>/errors/` of every list whose records can be imported."""

    def get_urls(self) -> list[URLPattern]:
        """Django's addresses and those of imports."""
        parent: Any = super()
        return [
            model_path(self, "import/", self.import_view, "import"),
            model_path(self, "import/<uuid:run_id>/", self.import_run_view, "import_run"),
            model_path(self, "import/<uuid:run_id>/errors/", self.import_errors_view, "import_errors"),
            *parent.get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file, and take it. What cannot be read is refused in words."""
        page: Any = self
        entity = entity_on(page, request)
        target = _target(page, request, entity)
        refusal: PlatformError | None = None
        if request.method == "POST":
            given = request.FILES.get("file")
            refusal = _unfit(given)
            if given is not None and refusal is None:
                try:
                    demand_place(request)
                    run = drafts.take(entity, cast("BinaryIO", given.file), given.name or "")
                except PlatformError as error:
                    refusal = _shown(error)
                else:
                    return HttpResponseRedirect(self.import_address("import_run", run.pk))
        return self._import_page(request, "upload", target, refusal=refusal, runs=_own_runs(entity))

    def import_run_view(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        """Columns and options of a draft; of any other run how it is, and what can be done now."""
        page: Any = self
        run, target = _run(page, request, run_id)
        if request.method == "POST":
            return self._import_ordered(request, run, target)
        if run.state == RunState.DRAFT or (run.is_open and "columns" in request.GET):
            return self._import_columns(request, run, target)
        return self._import_page(request, "run", target, run=run, **result_context(run, target))

    def import_errors_view(self, request: HttpRequest, run_id: UUID) -> StreamingHttpResponse:
        """The rows that did not go in, with why, as a file that can be corrected and imported."""
        page: Any = self
        run, _target_of_run = _run(page, request, run_id)
        if not run.file:
            raise Http404
        name = f"{run.file_name.rpartition('.')[0] or run.file_name}-errors.csv"
        answer: StreamingHttpResponse = streaming_response(
            request,
            current_scope(),
            lambda: failed_rows(run),
            **{"Content-Type": "text/csv; charset=utf-8", "X-Content-Type-Options": "nosniff"},
        )
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        return answer

    def import_address(self, name: str, *args: Any) -> str:
        """The address of one of these pages."""
        page: Any = self
        base = f"{page.admin_site.name}:{page.opts.app_label}_{page.opts.model_name}"
        return reverse(f"{base}_{name}", args=args)

    def _import_ordered(self, request: HttpRequest, run: ImportRun, target: ImportTarget) -> HttpResponse:
        """Do what a button of the run's page says."""
        order = request.POST.get("order", "")
        try:
            if order == "layout":
                drafts.lay_out(run, given_layout(run, request.POST))
            elif order == "check":
                run = drafts.arrange(run, given_mapping(run, request.POST), given_options(request.POST))
                drafts.begin(run, rehearse=True)
            elif order == "import" and run.state == RunState.CHECKED:
                drafts.begin(run, rehearse=False)
            elif order in {"keep", "undo"}:
                drafts.stop(run, keeps=order == "keep")
        except PlatformError as error:
            return self._import_columns(request, run, target, refusal=_shown(error), given=request.POST)
        return HttpResponseRedirect(self.import_address("import_run", run.pk))

    def _import_columns(
        self, request: HttpRequest, run: ImportRun, target: ImportTarget, *, refusal: Any = None, given: Any = None
    ) -> HttpResponse:
        if not run.is_open:  # somebody pressed a button that had no meaning any more
            return self._import_page(request, "run", target, run=run, refusal=refusal, **result_context(run, target))
        context = columns_context(run, target, refusal=refusal, given=given)
        return self._import_page(request, "columns", target, run=run, refusal=refusal, **context)

    def _import_page(self, request: HttpRequest, name: str, target: ImportTarget, **context: Any) -> HttpResponse:
        page: Any = self
        run = context.get("run")
        shown = {
            **list_frame(page, request, _("Import: %(kind)s") % {"kind": target.label}),
            "list_address": _list_address(page, target),
            "run_prefix": self.import_address("import"),
            "import_address": _upload_address(self, target),
            "run_address": self.import_address("import_run", run.pk) if run else "",
            "errors_address": self.import_address("import_errors", run.pk) if run else "",
            "import_step": {"upload": 1, "columns": 2}.get(name, 3),
            "most_rows": number_format(MOST_ROWS, use_l10n=True, force_grouping=True),
            "most_bytes": MOST_BYTES,
            "most_megabytes": MOST_BYTES // 1024 // 1024,
            "endings": ",".join(ENDINGS),
            **context,
        }
        refusal = context.get("refusal")
        status = refusal.status if refusal is not None else 200
        return TemplateResponse(request, f"admin/import/{name}.html", shown, status=status)


def _list_address(page: Any, target: ImportTarget) -> str:
    return f"{model_address(page, 'changelist')}{_which(page, target.entity)}"


def _upload_address(pages: ImportPages, target: ImportTarget) -> str:
    return f"{pages.import_address('import')}{_which(pages, target.entity)}"


def _which(page: Any, entity: str) -> str:
    """The part of an address that names the tenant's own kind of record, where a page shows several."""
    own = str(getattr(page.model, "entity_id", ""))
    return "" if entity == own else f"?type={entity.rpartition('.')[2]}"


def _target(page: Any, request: HttpRequest, entity: str) -> ImportTarget:
    """The target, if the page may be opened. Raises PermissionDenied, Http404, FeatureRequired."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    try:
        return drafts.target_for(entity)
    except RowNotFound:
        raise Http404 from None


def _run(page: Any, request: HttpRequest, run_id: UUID) -> tuple[ImportRun, ImportTarget]:
    """A run of one's own into this page's records. Raises like `_target`."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    try:
        run = drafts.run_of(run_id)
        kind = ENTITIES.get(run.entity)
        if kind is None or kind.model is not page.model:
            raise RowNotFound
        return run, drafts.target_for(run.entity)
    except RowNotFound:
        raise Http404 from None


def _own_runs(entity: str) -> list[ImportRun]:
    actor = current_scope().actor
    rows = ImportRun.objects.filter(owner_kind=actor.kind.value, owner_id=actor.id, entity=entity)
    rows = rows.filter(owner_organization_id=current_scope().organization_id).exclude(file="")
    return list(rows.order_by("-created_at")[:SHOWN_RUNS])


def _unfit(given: Any) -> OrderInvalid | None:
    """What can be said of a file before it is read."""
    if given is None:
        return _complaint(_("Choose a file first."))
    if not str(given.name).lower().endswith(ENDINGS):
        return _complaint(_("This is neither a CSV file nor an XLSX workbook: choose another file."))
    if given.size > MOST_BYTES:
        return _complaint(_("The file is larger than %(n)s MB.") % {"n": MOST_BYTES // 1024 // 1024})
    return None


def _complaint(message: str) -> OrderInvalid:
    return OrderInvalid(errors=(FieldError("file", "kernel.import.file", message),))


def _shown(error: PlatformError) -> PlatformError:
    """The refusal, if the page can show it. Raises it otherwise."""
    if error.status not in FORM_ERRORS:
        raise error
    return error


def import_button(place: Place) -> dict[str, object] | None:
    """Where the button of a list leads; None for lists whose records the reader cannot import."""
    match = place.request.resolver_match
    page = getattr(match.func, "model_admin", None) if match is not None else None
    if page is None or match is None or scope_or_none() is None or not hasattr(page, "import_address"):
        return None
    entity = entity_on(page, place.request)
    target = target_of_entity(entity)
    if target is None or not any(drafts.may(target, mode) for mode in target.modes()):
        return None
    return {"address": _upload_address(page, target)}


widget(Widget("kernel.import", "data-table:*:toolbar", "admin/import/button.html", context=import_button, priority=-10))
