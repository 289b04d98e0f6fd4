"""The tab of a person's or company's deals: open ones first, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.customers.admin.deal_words import marks_of, worded
from apps.customers.admin.overview import seen_record
from apps.customers.features import VIEW_DEALS
from apps.customers.models import Deal
from apps.customers.selectors import deals_of, today
from apps.kernel import clock
from apps.kernel.admin.access import allows
from apps.kernel.admin.frames import record_frame
from apps.kernel.commands.history.reads import DETAIL, note_reads

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal with its value in words and why it wants attention."""

    deal: Deal
    value: str
    marks: list[str]


def customer_deals_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show the deals that the customer is part of, as far as the reader sees them."""
    record = seen_record(page, request, object_id)
    if not allows(VIEW_DEALS):
        raise PermissionDenied
    found = Paginator(deals_of(record), PER_PAGE).get_page(request.GET.get("page"))
    note_reads(str(record.entity_id), [record.pk], how=DETAIL)
    context = {
        **record_frame(page.admin_site, request, record, _("Deals of %(name)s") % {"name": record}),
        "page": found,
        "lines": _lines(found.object_list),
    }
    return TemplateResponse(request, "customers/customer_deals.html", context)


def _lines(deals: Iterable[Deal]) -> list[DealLine]:
    at, day = clock.now(), today()
    return [
        DealLine(deal, worded(deal.value_amount, deal.value_currency), list(marks_of(deal, at=at, day=day)))
        for deal in deals
    ]
