"""The page of pairs that look like one customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.customers import services
from apps.customers.admin.merging import MODELS, change_address, merge_address
from apps.customers.admin.wording import reason_words
from apps.customers.features import MERGE
from apps.customers.models import CustomerKind, CustomerRecord
from apps.customers.selectors import Twins, duplicate_pairs
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """One pair as the page shows it."""

    twins: Twins
    reasons: str
    first_note: str
    second_note: str
    first_url: str
    second_url: str
    merge_url: str


@own_page(OwnPage("customers_duplicates", "customers/duplicates/", MERGE))
def duplicates_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Pairs of people, or of companies, likeliest first; on POST one of them is decided about."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in MODELS else CustomerKind.PERSON.value
    refusal = None
    if request.method == "POST":
        try:
            return _dismissed(request)
        except PlatformError as error:
            if not is_form_error(error):
                raise
            refusal = error
    page = Paginator(duplicate_pairs(MODELS[kind]), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": _("Duplicates"),
        "kind": kind,
        "kinds": [(name, str(model._meta.verbose_name_plural), _address(kind=name)) for name, model in MODELS.items()],
        "page": page,
        "pairs": [_shown(item) for item in page.object_list],
        "previous_url": _address(kind=kind, page=page.number - 1) if page.has_previous() else "",
        "next_url": _address(kind=kind, page=page.number + 1) if page.has_next() else "",
        "refusal": refusal,
    }
    return TemplateResponse(request, "customers/duplicates.html", context, status=refusal.status if refusal else 200)


def _dismissed(request: HttpRequest) -> HttpResponse:
    try:
        pair: dict[str, Any] = {name: UUID(request.POST.get(name, "")) for name in ("first_id", "second_id")}
    except ValueError:
        raise Http404 from None
    run(services.dismiss_duplicate, **pair)
    say(request, _("Remembered: these are two. They are not shown here any more."))
    return HttpResponseRedirect(request.get_full_path())


def _shown(twins: Twins) -> Shown:
    first, second = twins.first.pk, twins.second.pk
    return Shown(
        twins,
        reason_words(twins.likeness.reasons),
        _note(twins.first),
        _note(twins.second),
        change_address(twins.kind, first),
        change_address(twins.kind, second),
        merge_address(twins.kind, this=first, other=second),
    )


def _note(record: CustomerRecord) -> str:
    """What tells two of the same name apart."""
    told = str(getattr(record, "job_title", "") or getattr(record, "domain", ""))
    return ", ".join(part for part in (told, date_format(record.created_at)) if part)


def _address(**parts: Any) -> str:
    return f"{reverse('admin:customers_duplicates')}?{urlencode(parts)}"
