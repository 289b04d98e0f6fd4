"""Cards in the overview of a person, company or deal: what is planned, and deals of customers, with their tab."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.customers.features import MANAGE_INTERACTIONS, VIEW_DEALS, VIEW_INTERACTIONS
from apps.customers.models import Company, Deal, InteractionStatus, Outcome, Person
from apps.customers.selectors import agenda, deals_of, living_interactions, takes_more
from apps.customers.selectors.talking import subject_key
from apps.customers.services.deal_worth import shown_amount
from apps.kernel import clock
from apps.kernel.admin.access import allows
from apps.kernel.extensions.spots import Place, Widget, widget
from apps.kernel.extensions.tabs import RecordTab, record_tab

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
        "plan_url": plan if allows(MANAGE_INTERACTIONS) and takes_more(place.record) else "",
    }


def show_deals(place: Place) -> dict[str, Any] | None:
    """Open deals that the customer is part of, the latest first; None for other records."""
    record = place.record
    if not isinstance(record, Person | Company):
        return None
    found = list(deals_of(record).filter(outcome=Outcome.OPEN)[: MOST + 1])
    return {
        "deals": [(deal, shown_amount(deal.value_amount, deal.value_currency)) for deal in found[:MOST]],
        "has_more": len(found) > MOST,
        "url": where_deals_are(record),
    }


def where_deals_are(record: Any) -> str:
    """The tab of the customer's deals; "" for other records."""
    if not isinstance(record, Person | Company):
        return ""
    return reverse(f"admin:customers_{record._meta.model_name}_deals", args=[record.pk])


def how_many_deals(record: Any) -> int:
    """Deals of the customer that the reader sees."""
    return deals_of(record).count()


record_tab(
    RecordTab(
        "customers.deals_of",
        _("Deals"),
        "customers.*",
        where_deals_are,
        priority=20,
        features=(VIEW_DEALS,),
        number=how_many_deals,
    )
)
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
