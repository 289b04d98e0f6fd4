"""Changing many records: choose fields, look at what would become of the records, apply as one action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.admin.addresses import model_address, with_query
from apps.kernel.admin.bulk import NONE_LEFT, chosen_or_told
from apps.kernel.admin.bulk_fields import bulk_form, changes_of, field_names, offers_bulk_edit
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.many import AT_ONCE, UPDATE, Task, missing, names_of_gone, reasons, start_or_run
from apps.kernel.admin.selections import Chosen, posted, present, seen_rows
from apps.kernel.commands.bulk import BulkOrder, BulkOutcome, rehearsed
from apps.kernel.commands.history.diffs import MOST_IMAGES, RowDiff, diffs_of
from apps.kernel.commands.history.images import first_images, net_effects
from apps.kernel.commands.history.reads import note_diffs
from apps.kernel.commands.invocation import Source, invoked

CHANGE_SELECTED = gettext_lazy("Change selected")
CHANGE = "change"
SHOWN = 20


def edit_selected(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """The first page for the selected records: which fields, and to what."""
    if not offers_bulk_edit(page, request):
        raise PermissionDenied
    chosen = chosen_or_told(page, request, queryset)
    return None if chosen is None else _fields_page(page, request, chosen)


def bulk_edit_view(page: Any, request: HttpRequest) -> HttpResponse:
    """The pages that follow, by what was pressed: back to the fields, the preview, or the change itself."""
    if not offers_bulk_edit(page, request):
        raise PermissionDenied
    if request.method != "POST":
        raise Http404
    chosen, step = posted(request), request.POST.get("step", "")
    if step == "fields":
        return _fields_page(page, request, chosen, data=request.POST)
    rows = seen_rows(page, request, chosen)
    if not rows:
        return _none_left(page, request)
    form = _checked_form(page, request, rows, request.POST)
    if form is None or not form.is_valid():
        return _fields_page(page, request, chosen, data=request.POST)
    task = Task(UPDATE, page.update_command, changes_of(page, form), form=_kept(form, request.POST).urlencode())
    if step != "apply":
        return _preview_page(page, request, chosen, Choice(rows, form, task))
    start_or_run(page, request, chosen, task)
    return HttpResponseRedirect(list_address(page, request))


@dataclass(frozen=True, slots=True)
class Choice:
    """The records, the fields that were chosen, and what they mean."""

    rows: Mapping[UUID, Any]
    form: Any
    task: Task


@dataclass(slots=True)
class Preview:
    """What would become of the records: how many change, what stays, what is refused and why."""

    tried: list[UUID] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    diffs: list[tuple[str, RowDiff]] = field(default_factory=list)


def task_again(page: Any, request: HttpRequest, rows: Mapping[UUID, Any], form_text: str) -> Task | None:
    """The order of a job from what was posted; None where it is not valid any more."""
    form = _checked_form(page, request, rows, QueryDict(form_text))
    if form is None or not form.is_valid() or not offers_bulk_edit(page, request):
        return None
    return Task(UPDATE, page.update_command, changes_of(page, form), form=form_text)


def list_address(page: Any, request: HttpRequest) -> str:
    """The list as it was left."""
    return with_query(model_address(page, "changelist"), request)


def _none_left(page: Any, request: HttpRequest) -> HttpResponseRedirect:
    """Back to the list, with the reason."""
    page.message_user(request, NONE_LEFT, messages.ERROR)
    return HttpResponseRedirect(list_address(page, request))


def _checked_form(page: Any, request: HttpRequest, rows: Mapping[UUID, Any], data: QueryDict) -> Any:
    """The form with the chosen fields only; None where no record or no field is left."""
    sample = next(iter(rows.values()), None)
    form = bulk_form(page, request, sample, data, data.getlist(CHANGE)) if sample is not None else None
    return form if form is not None and form.fields else None


def _kept(form: Any, data: QueryDict) -> QueryDict:
    """What was posted for the chosen fields, for the pages and the job that follow."""
    kept = QueryDict(mutable=True)
    kept.setlist(CHANGE, list(form.fields))
    for name in data:
        if any(name == item or name.startswith(f"{item}_") for item in form.fields):
            kept.setlist(name, data.getlist(name))
    return kept


def _fields_page(page: Any, request: HttpRequest, asked: Chosen, data: QueryDict | None = None) -> HttpResponse:
    """The form for those that are there still; the page names the others."""
    chosen = present(page, request, asked)
    gone = [item for item in asked.ids if item not in set(chosen.ids)]
    rows = seen_rows(page, request, Chosen(chosen.ids[:SHOWN], {}))
    sample = next(iter(rows.values()), None)
    if sample is None:
        return _none_left(page, request)
    names = field_names(page, request, sample)
    wanted = set(data.getlist(CHANGE)) & set(names) if data is not None else set()
    blank = bulk_form(page, request, sample, None, names)
    for item in blank.fields.values():
        item.required = False  # whoever does not tick a field need not fill it in
    given = bulk_form(page, request, sample, data, wanted) if data is not None else None
    fields = [(given if given is not None and name in wanted else blank)[name] for name in names]
    context = {
        **_context(page, request, chosen),
        "gone": list(names_of_gone(page, request, gone[:SHOWN]).values()),
        "more_gone": max(0, len(gone) - SHOWN),
        "fields": [(item, item.name in wanted) for item in fields],
        "lacks_fields": data is not None and not wanted,
        "above": given.non_field_errors() if given is not None and wanted else (),
        "records": list(rows.values())[:SHOWN],
        "more": max(0, len(chosen.ids) - SHOWN),
        "form_media": blank.media,
    }
    refused = data is not None and data.get("step") != "fields"
    return TemplateResponse(request, "backoffice/bulk_edit.html", context, status=400 if refused else 200)


def _preview_page(page: Any, request: HttpRequest, chosen: Chosen, choice: Choice) -> TemplateResponse:
    preview = _preview(page, request, chosen, choice)
    changed = set(preview.changed)
    left = chosen.without(item for item in (*preview.tried, *preview.gone) if item not in changed)
    context = {
        **_context(page, request, left),
        "all": len(chosen.ids),
        "whole": chosen,
        "preview": preview,
        "is_part": len(preview.tried) < len(choice.rows),
        "echo": [(name, item) for name, items in _kept(choice.form, request.POST).lists() for item in items],
        "labels": [item.label for item in choice.form],
    }
    return TemplateResponse(request, "backoffice/bulk_preview.html", context)


def _preview(page: Any, request: HttpRequest, chosen: Chosen, choice: Choice) -> Preview:
    """Rehearse the first of the records by the command itself; everything is taken back."""
    rows = dict(islice(choice.rows.items(), AT_ONCE))
    gone = [item for item in chosen.ids if item not in choice.rows]
    preview, labels = Preview(tried=list(rows), gone=gone), labels_of(request)

    def examine(outcome: BulkOutcome) -> None:
        trees = {actions[0]: actions for actions in outcome.done.values() if actions}
        images = first_images(trees, most=MOST_IMAGES)
        for record_id, actions in outcome.done.items():
            touched = bool(actions) and bool(net_effects(images.get(actions[0], ())))
            (preview.changed if touched else preview.unchanged).append(record_id)
        shown = [item for item in rows if item in set(preview.changed)][:SHOWN]
        diffs = diffs_of({outcome.done[item][0]: outcome.done[item] for item in shown}, labels)
        note_diffs(diffs.values())
        for item in shown:
            preview.diffs += [(str(rows[item]), row) for row in diffs[outcome.done[item][0]].rows]

    spec = choice.task.command.spec
    with invoked(source=Source.ADMIN):
        outcome = rehearsed(BulkOrder(spec.id, tuple(rows), choice.task.changes, chosen.versions), examine)
    outcome.refused.update(missing(choice.rows, chosen))
    names: dict[UUID, Any] = {**names_of_gone(page, request, gone), **rows}
    preview.refused = [(str(names.get(item, item)), reasons(errors)) for item, errors in outcome.refused.items()]
    return preview


def _context(page: Any, request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    return {
        **list_frame(page, request, _("Change many records")),
        "media": page.media,
        "chosen": chosen,
        "count": len(chosen.ids),
        "address": with_query(model_address(page, "bulk_edit"), request),
        "back": list_address(page, request),
    }
