"""The board of a pipeline: open deals in lanes, moved by dragging or from the menu on each card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.customers.admin.board_deeds import done
from apps.customers.calculations.kpis import Figures
from apps.customers.features import VIEW_DEALS
from apps.customers.models import Pipeline, Stage
from apps.customers.selectors import living_stages
from apps.customers.selectors.board import (
    CARDS,
    MOST_CARDS,
    Board,
    Card,
    Lane,
    board,
    further_cards,
    pipeline_among,
    pipeline_names,
    pipelines_to_show,
)
from apps.customers.selectors.deal_sums import Asked
from apps.customers.services import create_deal, create_pipeline, move_deal
from apps.customers.services.deal_worth import shown_amount
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.addresses import address_if_any
from apps.kernel.admin.access import may_run
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.ids import as_id
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

BOARD = "customers_deal_board"
LOSS_REASONS = "customers.deal_loss_reason"


@dataclass(frozen=True, slots=True)
class ShownLane:
    """A lane with its amounts in words. `more_url` leads on to cards that are not shown yet, "" where all are."""

    lane: Lane
    value: str
    weighted: str
    totals: Sequence[str]
    cards: Sequence[ShownCard]
    more_url: str
    all_url: str
    add_url: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card with its amounts and addresses."""

    card: Card
    value: str
    base_value: str
    url: str
    lose_url: str


@own_page(OwnPage(BOARD, "customers/deal/board/", VIEW_DEALS))
def board_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """A whole page; with `lane` and `after` only the cards that come then. POST does something with a deal."""
    asked = _Asked.of(request)
    if request.method == "POST":
        return done(site, request, back=asked.address())
    if "lane" in request.GET:
        return _more(request, asked)
    pipelines = pipelines_to_show()
    pipeline = pipeline_among(pipelines, asked.pipeline_id)
    if pipeline is None and asked.pipeline_id is not None:
        raise Http404
    found = board(pipeline.pk if pipeline else None, owner_id=asked.owner_id, cards=asked.first)
    context = {
        **site.each_context(request),
        "title": _("Deal board"),
        "pipelines": pipeline_names(pipelines).items(),
        "pipeline": pipeline,
        "board": found,
        "owner_id": asked.owner_id,
        "whole": _worded(found.whole, found.base_currency),
        "missing": ", ".join(found.missing_rate_currencies),
        "lanes": [_lane(lane, found, asked) for lane in found.lanes],
        "stages": [lane.stage for lane in found.lanes],
        "may_move": may_run(move_deal),
        "may_add": _may_add(pipeline),
        "may_set_up": may_run(create_pipeline),
        "reasons": service(DictionaryBook).entries(LOSS_REASONS) if pipeline and may_run(move_deal) else [],
        "address": asked.address(),
        "is_fullwidth": "1",
        "pipelines_url": address_if_any("admin:customers_pipeline_changelist"),
    }
    return TemplateResponse(request, "customers/board.html", context)


def _may_add(pipeline: Pipeline | None) -> bool:
    """Whether new deals, which belong to the organization that is selected, can go through the pipeline."""
    is_own = pipeline is not None and pipeline.organization_id == current_scope().organization_id
    return is_own and may_run(create_deal)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for."""

    pipeline_id: UUID | None
    owner_id: UUID | None
    first: int

    @classmethod
    def of(cls, request: HttpRequest) -> _Asked:
        first = request.GET.get("first", "")
        count = int(first) if first.isascii() and first.isdecimal() and len(first) < 5 else CARDS
        return cls(as_id(request.GET.get("pipeline")), as_id(request.GET.get("owner")), min(max(count, 1), MOST_CARDS))

    def address(self, **more: Any) -> str:
        named = {"pipeline": self.pipeline_id, "owner": self.owner_id, **more}
        query = urlencode({name: value for name, value in named.items() if value is not None})
        return f"{reverse(f'admin:{BOARD}')}?{query}" if query else reverse(f"admin:{BOARD}")


def _more(request: HttpRequest, asked: _Asked) -> HttpResponse:
    stage_id = as_id(request.GET.get("lane"))
    stages: list[Stage] = list(living_stages([asked.pipeline_id] if asked.pipeline_id else []))
    if stage_id not in {stage.pk for stage in stages} or stage_id is None:
        raise Http404
    try:
        question = Asked(asked.pipeline_id, asked.owner_id)
        cards, following = further_cards(question, stage_id, after=request.GET.get("after", ""))
    except ValueError:
        raise Http404 from None
    context = {
        "cards": [_card(card, asked) for card in cards],
        "stages": stages,
        "may_move": may_run(move_deal),
        "more_url": asked.address(lane=stage_id, after=following) if following else "",
        "all_url": asked.address(first=MOST_CARDS),
    }
    return TemplateResponse(request, "customers/board_cards.html", context)


def _lane(lane: Lane, found: Board, asked: _Asked) -> ShownLane:
    here = _Asked(found.pipeline_id, asked.owner_id, asked.first)
    worded = _worded(lane.figures, found.base_currency)
    foreign = {code: amount for code, amount in lane.totals.items() if code != found.base_currency}
    return ShownLane(
        lane,
        worded["value"],
        worded["weighted"],
        [shown_amount(amount, code) for code, amount in (lane.totals if foreign else {}).items()],
        [_card(card, here) for card in lane.cards],
        here.address(lane=lane.stage.pk, after=lane.next) if lane.next else "",
        here.address(first=MOST_CARDS),
        address_if_any("admin:customers_deal_add", query={"pipeline": found.pipeline_id, "stage": lane.stage.pk}),
    )


def _card(card: Card, asked: _Asked) -> ShownCard:
    is_converted = card.base_amount is not None and card.base_currency != card.value_currency
    return ShownCard(
        card,
        shown_amount(card.value_amount, card.value_currency),
        shown_amount(card.base_amount, card.base_currency) if is_converted else "",
        address_if_any("admin:customers_deal_overview", card.id),
        address_if_any("admin:customers_deal_press", card.id, "lose", query={"next": asked.address()}),
    )


def _worded(figures: Figures, base: str) -> dict[str, Any]:
    """Amounts for people; without a base currency there are none."""
    value, weighted = shown_amount(figures.value, base), shown_amount(figures.weighted, base)
    return {"count": figures.count, "value": value, "weighted": weighted}
