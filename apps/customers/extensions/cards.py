"""Cards in the overview of a person, company or deal: what is planned, and the open deals of customers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from apps.customers.features import MANAGE_INTERACTIONS, VIEW_DEALS, VIEW_INTERACTIONS
from apps.customers.models import Company, Deal, InteractionStatus, Outcome, Person
from apps.customers.selectors import agenda, deals_with, living_interactions
from apps.customers.selectors.talking import subject_key
from apps.customers.services.deal_worth import shown_amount
from apps.kernel import clock
from apps.kernel.admin.access import allows
from apps.kernel.extensions.spots import Place, Widget, widget

MOST: Final = 5
AHEAD: Final = timedelta(days=90)
OVERVIEW: Final = "detail:*:overview"


def show_planned(place: Place) -> dict[str, Any] | None:
    """What takes place with the customer, or for the deal, in the next months; None for other records."""
    if not isinstance(place.record, Person | Company | Deal):
        return None
    now, key = clock.now(), subject_key(place.record)
    rows = living_interactions().filter(**key, status=InteractionStatus.PLANNED)
    found = [item for item in agenda(now, now + AHEAD, rows).entries if item.occurrence.status == "planned"]
    plan = f"{reverse('admin:customers_interaction_add')}?{urlencode(key)}"
    return {
        "entries": found[:MOST],
        "has_more": len(found) > MOST,
        "plan_url": plan if allows(MANAGE_INTERACTIONS) else "",
    }


def show_deals(place: Place) -> dict[str, Any] | None:
    """Open deals that the customer is part of, the latest first; None for other records."""
    record = place.record
    if not isinstance(record, Person | Company):
        return None
    link = {"people__person" if isinstance(record, Person) else "companies__company": record.pk}
    rows = deals_with(**link).filter(outcome=Outcome.OPEN).select_related("stage").order_by("-created_at", "-pk")
    found = list(rows[: MOST + 1])
    return {
        "deals": [(deal, shown_amount(deal.value_amount, deal.value_currency)) for deal in found[:MOST]],
        "has_more": len(found) > MOST,
    }


widget(
    Widget(
        "customers.planned",
        OVERVIEW,
        "customers/card_planned.html",
        context=show_planned,
        priority=20,
        features=(VIEW_INTERACTIONS,),
    )
)
widget(
    Widget(
        "customers.open_deals",
        OVERVIEW,
        "customers/card_deals.html",
        context=show_deals,
        priority=10,
        features=(VIEW_DEALS,),
    )
)
