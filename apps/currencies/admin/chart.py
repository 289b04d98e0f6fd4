"""Chart of a pair of currencies, with the same numbers in tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.currencies.admin.chart_form import ChartForm, chosen_sources
from apps.currencies.admin.choices import held_currencies
from apps.currencies.admin.drawing import drawing_of
from apps.currencies.features import MANAGE_FETCH, MANAGE_RATES, VIEW_RATES
from apps.currencies.selectors import last_day, series_of
from apps.kernel.admin.access import allows
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.tenancy.scope import current_scope


@own_page(OwnPage("currencies_chart", "currencies/chart/", VIEW_RATES))
def chart_view(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Draw what conversions of the selected organization would have taken, two queries for it all."""
    held = held_currencies()
    form = ChartForm(request.GET, held=held, today=last_day(date.max))
    sources = chosen_sources(request.GET)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Exchange rate chart"),
        "form": form,
        "sources": [(name, True) for name in sources],
        "lacks_currencies": len(held.choices) < 2,
        "may_fetch": allows(MANAGE_FETCH),
        "may_record": allows(MANAGE_RATES),
    }
    if form.is_valid():
        question = form.question(sources)
        series = series_of(current_scope().writing_organization(), question)
        found = dict.fromkeys([*series.sources, *sources])
        context |= {
            "question": question,
            "sources": [(name, name in sources) for name in found],
            "drawing": drawing_of(series, question) if series.lines else None,
        }
    return TemplateResponse(request, "currencies/chart.html", context)
