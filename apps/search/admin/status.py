"""How the index stands: documents, what differs, what waits, what failed; and rebuilding it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.addresses import address_if_any
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.search.features import MANAGE
from apps.search.selectors.kinds import entity_of, kind_named
from apps.search.selectors.status import SUBSCRIBER, index_status
from apps.search.services.rebuilds import rebuild_index


@own_page(OwnPage("search_status", "search/status/", MANAGE))
def status_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show how the index stands; posting the name of a kind has it rebuilt."""
    if request.method == "POST":
        return _rebuilt(request)
    context = {
        **site.each_context(request),
        "title": _("Search index"),
        "status": index_status(),
        "deliveries": _deliveries(),
    }
    return TemplateResponse(request, "search/status.html", context)


def _rebuilt(request: HttpRequest) -> HttpResponse:
    entity = request.POST.get("entity", "")
    try:
        run(rebuild_index, entity=entity)
    except PlatformError as refusal:
        if refusal.status >= 500:
            raise
        messages.error(request, refusal.errors[0].message if refusal.errors else refusal.detail)
    else:
        kind = kind_named(entity)
        label = str(entity_of(kind).label_plural) if kind else entity
        messages.success(request, _("The index of %(kind)s is being rebuilt.") % {"kind": label})
    return HttpResponseRedirect(reverse("admin:search_status"))


def _deliveries() -> str:
    """Where what was given up is looked at; "" where no page shows it."""
    return address_if_any("admin:kernel_delivery_changelist", query={"subscriber": SUBSCRIBER})
