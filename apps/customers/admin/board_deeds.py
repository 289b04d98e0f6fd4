"""What can be done on the board: a deal moved, won, lost or added, and what is shown when that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.customers.admin.board_forms import QuickDealForm
from apps.customers.models import Deal, Stage
from apps.customers.selectors import visits_of
from apps.customers.services import create_deal, lose_deal, move_deal, win_deal
from apps.customers.services.deal_places import DEMANDED
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.places import demand_place
from apps.kernel.admin.writing import run
from apps.kernel.commands.history.latest import last_changes
from apps.kernel.errors import PlatformError, RowNotFound, StaleVersion
from apps.kernel.registry.entities import ENTITIES

MOVE, WIN, LOSE, ADD = "move", "win", "lose", "add"
DEMANDS = "customers_deal_demands"


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: `move:<deal>:<version>:<stage>`, `win:<deal>:<version>`, and so on."""

    kind: str
    deal_id: UUID
    version: int
    stage_id: UUID | None = None

    @classmethod
    def read(cls, text: str) -> Deed:
        """The deed in the text. Raises Http404 for what is none: no page of ours has sent it."""
        kind, *parts = text.split(":")
        try:
            deal_id, version, *stage = parts
            return cls(kind, UUID(deal_id), int(version), *map(UUID, stage))
        except (ValueError, TypeError):
            raise Http404 from None


def done(site: AdminSite, request: HttpRequest, *, back: str) -> HttpResponse:
    """Do what was asked for, and come back to the board; a refusal says why, or asks for what is missing."""
    text = request.POST.get("deed", "")
    if text == ADD:
        return _added(request, back=back)
    deed = Deed.read(text)
    try:
        _do(request, deed)
    except StaleVersion as error:
        return _conflict(site, request, deed, error=error, back=back)
    except RowNotFound:
        say(request, _("This deal is not there any more."), messages.WARNING)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        if any(item.code == DEMANDED for item in error.errors):
            return _ask(request, deed, back=back)
        say(request, _reason(error), messages.ERROR)
    return HttpResponseRedirect(back)


def _do(request: HttpRequest, deed: Deed) -> None:
    if deed.kind == MOVE and deed.stage_id is not None:
        deal = run(move_deal, deed.deal_id, stage_id=deed.stage_id, expected_version=deed.version)
        said = _("“%(deal)s” is in “%(stage)s” now.") % {"deal": deal, "stage": deal.stage}
    elif deed.kind == WIN:
        said = _("“%(deal)s” is won.") % {"deal": run(win_deal, deed.deal_id, expected_version=deed.version)}
    elif deed.kind == LOSE:
        given = _loss(request.POST)
        deal = run(lose_deal, deed.deal_id, expected_version=deed.version, **given)
        said = _("“%(deal)s” is lost.") % {"deal": deal}
    else:
        raise Http404
    say(request, said)


def _loss(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        reason = UUID(given["reason"]) if given.get("reason") else None
    except ValueError:
        raise Http404 from None
    return {"loss_reason_id": reason, "loss_notes": str(given.get("notes", ""))}


def _added(request: HttpRequest, *, back: str) -> HttpResponse:
    """Add a deal; what is wrong with it is said in words, and what was typed is typed once more."""
    form = QuickDealForm(request.POST)
    if not form.is_valid():
        said = [f"{form.fields[name].label}: {' '.join(map(str, found))}" for name, found in form.errors.items()]
        say(request, " ".join(said), messages.ERROR)
        return HttpResponseRedirect(back)
    try:
        demand_place(request)
        deal = run(create_deal, **form.cleaned_data)
        say(request, _("“%(deal)s” was added.") % {"deal": deal})
    except PlatformError as error:
        if not is_form_error(error):
            raise
        say(request, _reason(error), messages.ERROR)
    return HttpResponseRedirect(back)


def _reason(error: PlatformError) -> str:
    return " ".join(str(item.message) for item in error.errors) or error.detail


def _ask(request: HttpRequest, deed: Deed, *, back: str) -> HttpResponse:
    """Lead to the form for what the stage demands. Its inputs bring scripts, so the browser opens it as a page."""
    query = urlencode({"deal": deed.deal_id, "stage": deed.stage_id, "next": back})
    address = f"{reverse(f'admin:{DEMANDS}')}?{query}"
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _conflict(site: AdminSite, request: HttpRequest, deed: Deed, *, error: StaleVersion, back: str) -> TemplateResponse:
    """The page for the second of two people: how the deal is now, and the choice to do it all the same."""
    deal: Deal | None = ENTITIES[Deal.entity_id].living().select_related("stage").filter(pk=deed.deal_id).first()
    if deal is None:
        raise Http404
    wanted = Stage.objects.filter(pk=deed.stage_id).first() if deed.stage_id is not None else None
    latest = last_changes([deal.pk]).get(deal.pk)
    visit = visits_of(deal.pk).first()
    stage_part = "" if deed.stage_id is None else f":{deed.stage_id}"
    context = {
        **site.each_context(request),
        "title": _("Changed meanwhile"),
        "deal": deal,
        "wanted": wanted,
        "kind": deed.kind,
        "latest": latest,
        "visit": visit,
        "deed": f"{deed.kind}:{deal.pk}:{error.context.get('current_version', deal.version)}{stage_part}",
        "loss": {name: request.POST.get(name, "") for name in ("reason", "notes")} if deed.kind == LOSE else {},
        "is_there": wanted is not None and wanted.pk == deal.stage_id,
        "back": back,
    }
    return TemplateResponse(request, "customers/board_conflict.html", context, status=412)
