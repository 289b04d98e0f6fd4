"""The overview of a deal: where it stands, who is part of it, what is sold, and the way that it came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format

from apps.customers.admin.deal_words import is_open, marks_of, worded, worded_reason, worded_worth
from apps.customers.admin.overview import USER, seen_record, taking_part
from apps.customers.models import Company, Deal, DealLine, Outcome, Person
from apps.customers.selectors import lines_of, seen_companies, seen_people, today, visits_of
from apps.customers.selectors.overview import values_of
from apps.customers.selectors.talking import followers_of, opens
from apps.kernel import clock
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import labels_of
from apps.kernel.commands.history.reads import DETAIL, note_reads
from apps.kernel.tenancy.scope import current_scope

MOST_VISITS = 20


def deal_overview_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything that one has to know before one goes on with the deal."""
    deal = seen_record(page, request, object_id)
    note_reads(Deal.entity_id, [deal.pk], how=DETAIL)
    context = {
        **record_frame(page.admin_site, request, deal, str(deal)),
        "page": page,
        "change_url": model_address(page, "change", deal.pk) if page.has_change_permission(request, deal) else "",
        **_standing(request, deal),
        **_parts(deal),
        **taking_part(page, deal),
    }
    return TemplateResponse(request, "customers/deal_overview.html", context)


def _standing(request: HttpRequest, deal: Deal) -> dict[str, Any]:
    """Where it stands, what it is worth, who looks after it and who follows."""
    followers, labels = followers_of(deal), labels_of(request)
    labels.fetch([(USER, item) for item in (deal.owner_id, *followers) if item])
    return {
        "deal": deal,
        "marks": list(marks_of(deal, at=clock.now(), day=today())),
        "value": worded(deal.value_amount, deal.value_currency),
        "worth": worded_worth(deal) if deal.base_currency != deal.value_currency else "",
        "chance": deal.stage.probability if deal.probability is None else deal.probability,
        "days": max(0, (clock.now() - deal.stage_since).days) if is_open(deal) else None,
        "reason": worded_reason(deal) if deal.outcome == Outcome.LOST else "",
        "owner": labels.text(USER, deal.owner_id),
        "followers": [labels.text(USER, item) for item in followers],
    }


def _parts(deal: Deal) -> dict[str, Any]:
    """Who is part of it as far as the reader sees them, its lines, and the latest stages that it has been in."""
    actor = current_scope().actor
    people = list(seen_people([deal.pk]).select_related("person")) if opens(Person, actor) else []
    companies = seen_companies([deal.pk]).select_related("company") if opens(Company, actor) else ()
    values = values_of([deal.source_id, *(row.role_id for row in people)])
    visits = visits_of(deal.pk).select_related("from_stage", "to_stage")
    return {
        "source": values.get(deal.source_id) if deal.source_id else None,
        "people": [(row.person, values.get(row.role_id)) for row in people],
        "companies": [row.company for row in companies],
        "lines": [_line(row, deal.value_currency) for row in lines_of(deal.pk)],
        "visits": list(visits[:MOST_VISITS]),
    }


def _line(row: DealLine, currency: str) -> tuple[DealLine, str, str]:
    """A line, its quantity without needless zeros, and what it comes to."""
    quantity = number_format(Decimal(f"{row.quantity.normalize():f}"), use_l10n=True)
    return row, quantity, worded(row.quantity * row.unit_price, currency)
