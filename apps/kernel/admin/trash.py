"""The page “Deleted” of a list: what was deleted, by whom and when; bringing it back, or deleting it for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel.admin.access import may_run
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.bulk_edit import list_address
from apps.kernel.admin.deleted_rows import PER_PAGE, Deleted, deleted_named, deleted_page, has_trash
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.many import done_words, reasons
from apps.kernel.admin.offers import say
from apps.kernel.admin.undoing import refusal_words
from apps.kernel.admin.writing import run
from apps.kernel.commands.bulk import BulkOrder, run_each
from apps.kernel.commands.history.reads import LIST, note_reads
from apps.kernel.commands.history.states import demand_undoable
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import PlatformError


def may_open_trash(page: Any, request: HttpRequest) -> bool:
    """Say whether the page shows the actor what was deleted: to those who may delete."""
    return has_trash(page) and bool(page.has_delete_permission(request))


def trash_address(page: Any) -> str:
    """Where the page stands."""
    return model_address(page, "deleted")


def trash_view(page: Any, request: HttpRequest) -> HttpResponse:
    """What was deleted; on POST bring the ticked records back, or delete them for good after a question."""
    if not may_open_trash(page, request):
        raise PermissionDenied
    if request.method != "POST":
        return _list(page, request)
    chosen = deleted_named(page, request, _ticked(request))
    step = request.POST.get("step", "")
    if not chosen:
        messages.error(request, _("Tick at least one record that is still deleted."))
    elif step == "restore":
        _restore(page, request, chosen)
    elif step in {"ask", "purge"} and may_run(page.purge_command):
        if step == "ask":
            return _question(page, request, chosen)
        _purge(page, request, chosen)
    else:
        raise Http404
    return HttpResponseRedirect(trash_address(page))


def may_restore(page: Any, item: Deleted) -> bool:
    """Say whether the actor may bring the record back, as far as rights go."""
    if page.restore_command is not None:
        return may_run(page.restore_command)
    return item.state is not None and item.state.is_undoable


def _list(page: Any, request: HttpRequest) -> TemplateResponse:
    found = deleted_page(page, request, before=_mark(request.GET.get("before", "")))
    shown = found[:PER_PAGE]
    note_reads(str(page.model.entity_id), [item.id for item in shown], how=LIST)
    context = {
        **_context(page, request),
        "items": [(item, may_restore(page, item), _obstacle(page, item)) for item in shown],
        "older": shown[-1].mark if len(found) > PER_PAGE else "",
        "is_first": not request.GET.get("before"),
        "may_restore_some": any(may_restore(page, item) for item in shown),
        "may_purge": may_run(page.purge_command),
        "note": page.trash_note,
    }
    return TemplateResponse(request, "backoffice/trash.html", context)


def _question(page: Any, request: HttpRequest, chosen: Sequence[Deleted]) -> TemplateResponse:
    return TemplateResponse(request, "backoffice/trash_purge.html", {**_context(page, request), "items": chosen})


def _context(page: Any, request: HttpRequest) -> dict[str, Any]:
    return {
        **list_frame(page, request, _("Deleted: %(kind)s") % {"kind": page.opts.verbose_name_plural}),
        "address": trash_address(page),
        "back": list_address(page, HttpRequest()),
    }


def _obstacle(page: Any, item: Deleted) -> str:
    """Why the record cannot be brought back from here; "" where it can."""
    if may_restore(page, item):
        return ""
    if item.state is None or item.state.obstacle is None:
        return _("Your permissions do not show the change that deleted it.")
    return item.state.obstacle.message


def _ticked(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(item) for item in request.POST.getlist("record")[:PER_PAGE]]
    except ValueError:
        raise Http404 from None


def _mark(text: str) -> tuple[datetime, UUID] | None:
    moment, _tilde, record_id = text.partition("~")
    try:
        when = datetime.fromisoformat(moment)
        return (when, UUID(record_id)) if when.tzinfo is not None else None
    except ValueError:
        return None


def _restore(page: Any, request: HttpRequest, chosen: Sequence[Deleted]) -> None:
    if page.restore_command is not None:
        _run_each(page, request, page.restore_command, chosen)
        return
    done = 0
    actions = {item.action.pk: item for item in chosen if item.action is not None}
    for action_id in sorted(actions, reverse=True):  # newest first, as later ones may stand on earlier ones
        try:
            demand_undoable(Action.objects.get(pk=action_id))
            run(undo, action_id)
        except PlatformError as error:
            reason = refusal_words(error, action_id)  # which may hold a link
            messages.error(request, format_html("{}: {}", actions[action_id].label, reason))
        else:
            done += 1
    for item in chosen:
        if item.action is None:
            messages.error(request, f"{item.label}: {_obstacle(page, item)}")
    if done:
        text = ngettext("%(n)s deletion taken back.", "%(n)s deletions taken back.", done) % {"n": done}
        say(request, text, is_undo=True)


def _purge(page: Any, request: HttpRequest, chosen: Sequence[Deleted]) -> None:
    _run_each(page, request, page.purge_command, chosen)


def _run_each(page: Any, request: HttpRequest, command: Any, chosen: Sequence[Deleted]) -> None:
    """Run a command for each of the records as one action, and say what came of it."""
    with invoked(source=Source.ADMIN):
        outcome = run_each(BulkOrder(command.spec.id, tuple(item.id for item in chosen), {}))
    names = {item.id: item.label for item in chosen}
    for record_id, errors in outcome.refused.items():
        messages.error(request, f"{names[record_id]}: {reasons(errors)}")
    if outcome.done:
        say(request, done_words(len(outcome.done)))
