"""Undo and redo in the back office: the plan page, the buttons, and what came of it in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.kernel.admin.actions import entries_of
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.offers import actions_of_request, say
from apps.kernel.admin.writing import run
from apps.kernel.commands.declarations import UNDO
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.history.diffs import taken_back
from apps.kernel.commands.history.states import demand_undoable
from apps.kernel.commands.history.wording import command_words, conflict_words
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import find_action, plan_undo, seeing_all_of, undo
from apps.kernel.errors import PlatformError, RowNotFound

SHOWN = 10


def undo_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Take back the posted actions in the order given, and go back with a word on what came of it."""
    address = back_address(site, request)
    action_ids = _wanted(request)
    if request.method != "POST" or not action_ids:
        raise Http404
    done: list[Action] = []
    for action_id in action_ids:
        try:
            demand_undoable(find_action(action_id))
            done.append(run(undo, action_id, cascade=request.POST.get("cascade") == "yes"))
        except RowNotFound:
            raise Http404 from None
        except PlatformError as error:
            messages.error(request, refusal_words(error, action_id))
            break
    if done:
        say(request, _outcome_words(done))
    return HttpResponseRedirect(still_there(site, request, address))


def _wanted(request: HttpRequest) -> list[UUID]:
    """The posted actions, or all of a request that did too many to name them."""
    try:
        found = [UUID(item) for item in request.POST.getlist("action")]
        return found or [item for text in request.POST.getlist("request") for item in actions_of_request(UUID(text))]
    except ValueError:
        raise Http404 from None


def plan_view(site: AdminSite, request: HttpRequest, action_id: UUID) -> HttpResponse:
    """What undoing an action would restore and what stands in the way. Writes nothing."""
    plan = plan_undo(action_id)
    demand_undoable(plan.action)
    labels = labels_of(request)
    with seeing_all_of(plan.action):
        [entry] = entries_of([plan.action], labels)
    later = list(Action.objects.filter(pk__in=plan.later).order_by("-id")[:SHOWN])
    context = {
        **site.each_context(request),
        "title": _("Redo this change?") if plan.action.command == UNDO else _("Undo this change?"),
        "plan": plan,
        "entry": entry,
        "restored": taken_back(entry.diff),
        "later": entries_of(later, labels, with_diffs=False),
        "hidden_later": max(0, len(plan.later) - len(later)),
        "conflict_words": sorted({conflict_words(item.reason) for item in plan.conflicts}),
        "may_cascade": bool(plan.conflicts and plan.later and not plan.refusal and not plan.is_undone),
        "next": back_address(site, request),
    }
    return TemplateResponse(request, "admin/undo_plan.html", context)


def back_address(site: AdminSite, request: HttpRequest) -> str:
    """Where the user came from, if it is a page of ours; else the start page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(f"{site.name}:index")


def still_there(site: AdminSite, request: HttpRequest, address: str) -> str:
    """The address, or the list where the record of the address is gone by now."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return reverse(f"{site.name}:index")
    page: Any = getattr(match.func, "model_admin", None)
    object_id = match.kwargs.get("object_id")
    if page is None or object_id is None or page.get_object(request, object_id) is not None:
        return address
    return model_address(page, "changelist")


def _outcome_words(done: list[Action]) -> str:
    if all(action.command == UNDO for action in done):
        return _("Redone.")
    if len(done) > 1:
        return _("%(n)s changes undone.") % {"n": len(done)}
    what = f"{command_words(done[0].command)} {done[0].resource_label}".strip()
    return _("Undone: %(what)s.") % {"what": what}


def refusal_words(error: PlatformError, action_id: UUID) -> str:
    """Why an action was not taken back, with the way to its plan where later changes stand in the way."""
    if not isinstance(error, UndoConflict):
        return error.detail
    later = Action.objects.filter(pk__in=error.context.get("actions", ())).order_by("-id")[:3]
    entries = entries_of(list(later), Labels(), with_diffs=False)
    names = "; ".join(f"{item.action.who}: {item.words} {item.action.resource_label}" for item in entries)
    text = _("Not undone: later changes stand in the way (%(names)s).") % {"names": names or error.detail}
    address = reverse("admin:undo_plan", args=[action_id])
    return format_html('{} <a href="{}" class="underline">{}</a>', text, address, _("Look at the plan"))
