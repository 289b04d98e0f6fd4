"""The search page: every record that the reader may see, by what they type."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from apps.kernel.admin.access import allows
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.errors import InvalidInput
from apps.search.features import MANAGE, VIEW
from apps.search.selectors.kinds import entity_of, open_kinds
from apps.search.services.searching import LONGEST, MOST_SHOWN, Findings, find


@own_page(OwnPage("search_find", "search/find/", VIEW))
def find_view(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Search for what stands in the address."""
    text = request.GET.get("q", "").strip()
    chosen = request.GET.get("entity", "")
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Search"),
        "text": text,
        "chosen": chosen,
        "longest": LONGEST,
        "kinds": [str(entity_of(kind).label_plural) for kind in open_kinds().values()],
        "may_manage": allows(MANAGE),
    }
    if text:
        try:
            found = find(text, limit=MOST_SHOWN)
            narrowed = find(text, entities=(chosen,), limit=MOST_SHOWN) if chosen in found.counts else found
            context |= {"found": narrowed, **_shown(found, narrowed)}
        except InvalidInput as error:
            context["complaint"] = " ".join(item.message for item in error.errors) or error.detail
    return TemplateResponse(request, "search/find.html", context)


def _shown(whole: Findings, found: Findings) -> dict[str, Any]:
    return {
        "total": sum(whole.counts.values()),
        "counts": [(entity, whole.labels[entity], count) for entity, count in whole.counts.items()],
        "building": [whole.labels[entity] for entity in whole.building],
        # `marked` escapes everything but its own marks.
        "results": [
            (result, mark_safe(result.marked_title), mark_safe(result.marked_subtitle))  # noqa: S308
            for result in found.results
        ],
        "failed": list(whole.failed.values()),
    }
