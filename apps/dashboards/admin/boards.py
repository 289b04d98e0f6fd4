"""The page of a dashboard, and what of it a page that is open already fetches: all of it, or a single widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.dashboards.admin.addresses import ARRANGE, BOARD, LIST, SHARING, STANDARD, address_of, asked_dashboard
from apps.dashboards.admin.cards import Card, card_of
from apps.dashboards.admin.period_form import PeriodForm
from apps.dashboards.features import SHARE, VIEW
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import chosen_dashboard, listed_dashboards, may_edit, start_dashboard
from apps.dashboards.selectors.catalog import STANDARD_PERIOD, standard_items
from apps.dashboards.selectors.running import shown_items
from apps.dashboards.services import adopt_standard, choose_dashboard, copy_dashboard
from apps.kernel import clock
from apps.kernel.admin.access import allows, may_run
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard as it is shown; `dashboard` None is the standard one, which nobody changes."""

    id: str
    name: str
    description: str
    items: Sequence[Mapping[str, Any]]
    usual: str
    dashboard: Dashboard | None

    @property
    def is_editable(self) -> bool:
        """Say whether the actor may change it."""
        return self.dashboard is not None and may_edit(self.dashboard)


@own_page(OwnPage(BOARD, "dashboards/board/", VIEW))
def board_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """A whole page; for htmx only the dashboard, or with `item` only that widget. POST acts on it."""
    board = _asked(request)
    if request.method == "POST":
        return _acted(request, board)
    form = PeriodForm(request.GET, usual=board.usual)
    if "item" in request.GET:
        return _single(request, board, form)
    context = _board(board, form)
    if "HX-Request" in request.headers:
        return TemplateResponse(request, "dashboards/board.html", context)
    whole = {**site.each_context(request), "title": board.name, **context, "is_page": True}
    return TemplateResponse(request, "dashboards/page.html", whole)


def _asked(request: HttpRequest) -> Board:
    """The dashboard of the address; without one that of the start page."""
    if request.GET.get("dashboard") == STANDARD:
        return _standard()
    found = asked_dashboard(request) or start_dashboard()
    if found is None:
        return _standard()
    return Board(str(found.pk), found.name, found.description, found.items, found.period, found)


def _standard() -> Board:
    name, text = _("Overview"), _("What the modules think that you want to see.")
    return Board(STANDARD, name, text, standard_items(), STANDARD_PERIOD, None)


def _board(board: Board, form: PeriodForm) -> dict[str, Any]:
    period = form.chosen()
    shown = shown_items(board.items, period, names_missing=board.is_editable)
    chosen = chosen_dashboard()
    return {
        "board": board,
        "form": form,
        "period": period,
        "cards": [card_of(item, _again(board, form, item.item["id"])) for item in shown],
        "boards": _choices(board),
        "moment": clock.now(),
        "page_url": address_of(BOARD, board.id),
        "board_url": address_of(BOARD),
        "arrange_url": address_of(ARRANGE, board.id) if board.is_editable else "",
        "sharing_url": address_of(SHARING, board.id) if board.is_editable and allows(SHARE) else "",
        "list_url": reverse(LIST),
        "may_copy": may_run(copy_dashboard),
        "may_choose": board.dashboard is not None,
        "is_chosen": board.dashboard is not None and board.dashboard.pk == chosen,
    }


def _choices(board: Board) -> list[tuple[str, str]]:
    rows = listed_dashboards().order_by("name", "pk").values_list("pk", "name")[:MOST_LISTED]
    listed = [(str(pk), name) for pk, name in rows]
    standard = (STANDARD, _("Overview"))
    return [standard, *listed] if board.id in dict([standard, *listed]) else [standard, (board.id, board.name), *listed]


def _again(board: Board, form: PeriodForm, item_id: str) -> str:
    return address_of(BOARD, board.id, **form.parameters(), item=item_id)


def _single(request: HttpRequest, board: Board, form: PeriodForm) -> HttpResponse:
    wanted = [item for item in board.items if item["id"] == request.GET["item"]]
    shown = shown_items(wanted, form.chosen(), names_missing=board.is_editable)
    if not shown:
        raise Http404
    card: Card = card_of(shown[0], _again(board, form, shown[0].item["id"]))
    return TemplateResponse(request, "dashboards/card.html", {"card": card, "board": board})


def _acted(request: HttpRequest, board: Board) -> HttpResponse:
    """Copy the dashboard to one of the actor's own, or put it on their start page."""
    deed = request.POST.get("deed", "")
    try:
        if deed == "copy":
            made = _copied(board)
            say(request, _("This one is yours: change it as you like."))
            return HttpResponseRedirect(address_of(ARRANGE, made.pk))
        if deed in {"choose", "forget"} and board.dashboard is not None:
            run(choose_dashboard, board.dashboard.pk, is_chosen=deed == "choose")
            say(request, _("It stands on your start page.") if deed == "choose" else _("It is off your start page."))
    except PlatformError as error:
        if not is_form_error(error):
            raise
        say(request, error.detail, messages.ERROR)
    return HttpResponseRedirect(address_of(BOARD, board.id))


def _copied(board: Board) -> Dashboard:
    """A copy, on the actor's start page where the former stood there."""
    was_start = start_dashboard()
    if board.dashboard is None:
        made: Dashboard = run(adopt_standard)
    else:
        made = run(copy_dashboard, board.dashboard.pk)
    if (was_start.pk if was_start is not None else None) == (board.dashboard.pk if board.dashboard else None):
        run(choose_dashboard, made.pk)
    return made
