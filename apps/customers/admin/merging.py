"""The page on which two people, or two companies, become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.customers import services
from apps.customers.admin.comparing import lines
from apps.customers.admin.wording import reason_words
from apps.customers.features import MERGE
from apps.customers.models import (
    Address,
    Company,
    ContactPoint,
    CustomerKind,
    CustomerRecord,
    Membership,
    Person,
    Tagging,
)
from apps.customers.selectors import addresses_of, living_marks, lookalikes, points_of
from apps.customers.selectors.duplicates import described_record
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, StaleVersion
from apps.kernel.ids import as_id
from apps.kernel.references.usages import usages
from apps.kernel.registry.entities import ENTITIES

MODELS: dict[str, type[CustomerRecord]] = {CustomerKind.PERSON: Person, CustomerKind.COMPANY: Company}
COMMANDS: dict[str, Any] = {CustomerKind.PERSON: services.merge_people, CustomerKind.COMPANY: services.merge_companies}
CHANGE = {CustomerKind.PERSON: "admin:customers_person_change", CustomerKind.COMPANY: "admin:customers_company_change"}
CHOICE = "choice-"
MOST_FOUND = 20


def merge_address(kind: str, **parts: Any) -> str:
    """Address of the page for a record (`this`) and the one that it is merged with (`other`)."""
    return f"{reverse('admin:customers_merge')}?{urlencode({'kind': kind, **parts})}"


def change_address(kind: str, record_id: UUID) -> str:
    """Address of a record's own page."""
    return reverse(CHANGE[CustomerKind(kind)], args=[record_id])


@own_page(OwnPage("customers_merge", "customers/merge/", MERGE))
def merge_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask which record goes, then which values stay; on POST merge them."""
    kind = request.GET.get("kind", "")
    if "this" not in request.GET:
        return HttpResponseRedirect(reverse("admin:customers_duplicates"))
    if kind not in MODELS:
        raise Http404
    this = _record(kind, request.GET.get("this", ""))
    if this is None:
        raise Http404
    other = _record(kind, request.GET.get("other", ""))
    if other is None or other.pk == this.pk:
        return _choosing(site, request, this)
    refusal = None
    if request.method == "POST":
        try:
            return _merged(request, this, other)
        except PlatformError as error:
            if not is_form_error(error) and error.status != 412:
                raise
            refusal = error
    return _comparing(site, request, this, other, refusal=refusal)


def _record(kind: str, text: str) -> CustomerRecord | None:
    found: CustomerRecord | None = ENTITIES[str(MODELS[kind].entity_id)].living().filter(pk=as_id(text)).first()
    return found


def _merged(request: HttpRequest, this: CustomerRecord, other: CustomerRecord) -> HttpResponse:
    """Merge, at the versions of both that the user has seen."""
    if request.POST.get("other_version") != str(other.version):
        raise StaleVersion(current_version=other.version, changed_fields=[])
    choices = {name.removeprefix(CHOICE): value for name, value in request.POST.items() if name.startswith(CHOICE)}
    seen = request.POST.get("expected_version", "")
    expected = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
    run(COMMANDS[this.kind], this.pk, other_id=other.pk, choices=choices, expected_version=expected)
    say(request, _("%(other)s was merged into this record.") % {"other": other.display_name})
    return HttpResponseRedirect(change_address(this.kind, this.pk))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record to merge with, with the way to the comparison."""

    label: str
    note: str
    score: int | None
    url: str


def _choosing(site: AdminSite, request: HttpRequest, this: CustomerRecord) -> TemplateResponse:
    """Records that look like this one, and those that a search finds."""
    text = request.GET.get("q", "").strip()
    alike = lookalikes(type(this), described_record(this))
    near = [Candidate(x.label, reason_words(x.likeness.reasons), x.likeness.score, _way(this, x.id)) for x in alike]
    found = ENTITIES[str(this.entity_id)].find(text, limit=MOST_FOUND) if text else []
    context = {
        **site.each_context(request),
        "title": _("Merge %(name)s") % {"name": this.display_name},
        "this": this,
        "kind": this.kind,
        "text": text,
        "near": near,
        "found": [Candidate(label, "", None, _way(this, pk)) for pk, label in found if pk != this.pk],
        "back_url": change_address(this.kind, this.pk),
    }
    return TemplateResponse(request, "customers/merge_choose.html", context)


def _way(this: CustomerRecord, other_id: UUID) -> str:
    return merge_address(this.kind, this=this.pk, other=other_id)


def _comparing(
    site: AdminSite, request: HttpRequest, this: CustomerRecord, other: CustomerRecord, *, refusal: PlatformError | None
) -> TemplateResponse:
    compared = lines(this, other, labels_of(request), request.POST)
    context = {
        **site.each_context(request),
        "title": _("Merge two records"),
        "this": this,
        "other": other,
        "this_url": change_address(this.kind, this.pk),
        "other_url": change_address(this.kind, other.pk),
        "swap_url": merge_address(this.kind, this=other.pk, other=this.pk),
        "differing": [line for line in compared if line.differs],
        "same": [line for line in compared if not line.differs],
        "joined": _joined(this, other),
        "pointing": [str(usage) for usage in _pointing(other)],
        "refusal": refusal,
    }
    return TemplateResponse(request, "customers/merge.html", context, status=refusal.status if refusal else 200)


@dataclass(frozen=True, slots=True)
class Together:
    """A list that comes together: what each of the two has of it."""

    label: str
    this: list[str]
    other: list[str]


def _joined(this: CustomerRecord, other: CustomerRecord) -> list[Together]:
    ids = [this.pk, other.pk]
    points, addresses = points_of(ids), addresses_of(ids)
    tags, groups = _marks(Tagging, "tag", ids), _marks(Membership, "group", ids)
    labelled = (
        (ContactPoint._meta.verbose_name_plural, points),
        (Address._meta.verbose_name_plural, addresses),
        (_("Tags"), tags),
        (_("Groups"), groups),
    )
    found = [Together(str(label), *(list(map(str, held.get(pk, []))) for pk in ids)) for label, held in labelled]
    return [item for item in found if item.this or item.other]


def _marks(model: Any, name: str, ids: list[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in living_marks(model).filter(customer__in=ids).select_related(name).order_by("pk"):
        found.setdefault(row.customer_id, []).append(getattr(row, name))
    return found


def _pointing(other: CustomerRecord) -> Any:
    """What else points to the record that goes, and will point to the one that stays."""
    for entity in (str(other.entity_id), "customers.customer"):
        yield from usages(entity, [other.pk])
