"""The overview of a person or company: who they are and how they stand, on one page; and what is done from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.customers.features import FOLLOW, USE_LABELS, WRITE_COMMENTS
from apps.customers.models import Channel, ContactPoint, Person
from apps.customers.selectors import addresses_of, points_of, roles_at, takes_more
from apps.customers.selectors.overview import (
    Link,
    companies_around,
    companies_of,
    marks_on,
    people_of,
    values_of,
)
from apps.customers.selectors.talking import followers_of, following, labels_on, person_acting
from apps.kernel.admin.access import allows
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import labels_of
from apps.kernel.commands.history.reads import DETAIL, note_reads
from apps.kernel.extensions.timelines import sources_for

USER = "auth.user"
VALUES = ("status_id", "lifecycle_stage_id", "source_id", "temperature_id", "industry_id")
PERSON_FACTS = ("department", "seniority", "preferred_name", "time_zone", "linkedin_url")
COMPANY_FACTS = ("legal_name", "brand_name", "tax_id", "domain", "website_url", "size_bucket")
LINKS = frozenset({"linkedin_url", "website_url"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its value in words; `url` leads somewhere, `tone` and `color` are those of a dictionary's value."""

    label: str
    text: str
    url: str = ""
    tone: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach somebody, as a link."""

    point: ContactPoint
    url: str
    icon: str


def overview_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything that one has to know before one calls."""
    record = seen_record(page, request, object_id)
    note_reads(str(record.entity_id), [record.pk], how=DETAIL)
    context = {
        **record_frame(page.admin_site, request, record, str(record)),
        "is_person": isinstance(record, Person),
        "change_url": model_address(page, "change", record.pk) if page.has_change_permission(request, record) else "",
        **_known(record),
        **_standing(request, record),
        **_own(page, record),
    }
    return TemplateResponse(request, "customers/overview.html", context)


def seen_record(page: Any, request: HttpRequest, object_id: str) -> Any:
    """The record of the address. Raises PermissionDenied, Http404."""
    record = page.get_object(request, unquote(object_id))
    if not page.has_view_permission(request, record):
        raise PermissionDenied
    if record is None:
        raise Http404
    return record


def _known(record: Any) -> dict[str, Any]:
    """How they are reached, and the plain facts."""
    names = PERSON_FACTS if isinstance(record, Person) else COMPANY_FACTS
    return {
        "ways": [_way(point) for point in points_of([record.pk]).get(record.pk, [])],
        "addresses": addresses_of([record.pk]).get(record.pk, []),
        "facts": [_fact(record, name) for name in names if getattr(record, name)],
    }


def _way(point: ContactPoint) -> Way:
    is_email = point.channel == Channel.EMAIL
    return Way(point, f"{'mailto' if is_email else 'tel'}:{point.value}", "mail" if is_email else "call")


def _fact(record: Any, name: str) -> Fact:
    value = str(getattr(record, name))
    label = str(record._meta.get_field(name).verbose_name)
    return Fact(label, value, url=value if name in LINKS else f"https://{value}" if name == "domain" else "")


def _standing(request: HttpRequest, record: Any) -> dict[str, Any]:
    """How they stand, who looks after them and who follows, and who belongs to whom."""
    is_person = isinstance(record, Person)
    links = companies_of(record.pk) if is_person else people_of(record.pk)
    chosen = {name: getattr(record, name) for name in VALUES if hasattr(record, name)}
    roles = roles_at([link.pk for link in links])
    values = values_of([*chosen.values(), *(item for held in roles.values() for item in held)])
    labels, followers = labels_of(request), followers_of(record)
    labels.fetch((USER, item) for item in (record.owner_id, *followers))
    tags, groups = marks_on(record.pk)
    above, below = (None, []) if is_person else companies_around(record)
    return {
        "owner": labels.text(USER, record.owner_id),
        "followers": [labels.text(USER, item) for item in followers],
        "standing": _values(record, chosen, values),
        "links": [
            Link(
                link.company if is_person else link.person,
                tuple(values[item] for item in roles.get(link.pk, ()) if item in values),
                link.is_primary,
            )
            for link in links
        ],
        "above": above,
        "below": below,
        "tags": tags,
        "groups": groups,
    }


def _values(record: Any, chosen: dict[str, UUID | None], values: Any) -> list[Fact]:
    found = []
    for name, item in chosen.items():
        if item is not None and (entry := values.get(item)) is not None:
            label = str(record._meta.get_field(name).verbose_name)
            found.append(Fact(label, entry.label, tone=entry.tone, color=entry.color))
    return found


def _own(page: Any, record: Any) -> dict[str, Any]:
    """What the reader may do here in their own name."""
    may_label = person_acting() is not None and allows(USE_LABELS) and takes_more(record)
    return {
        **taking_part(page, record),
        "labels": labels_on(record.pk) if may_label else [],
        "label_url": model_address(page, "label", record.pk) if may_label else "",
        "labels_url": reverse(f"{page.admin_site.name}:customers_label_changelist") if may_label else "",
    }


def taking_part(page: Any, record: Any) -> dict[str, Any]:
    """How the reader follows the record and comments on it, as far as they may; an erased person is only left."""
    is_open = takes_more(record)
    may_follow = person_acting() is not None and allows(FOLLOW)
    is_following = may_follow and following(record) is not None
    may_talk = is_open and bool(sources_for(str(record.entity_id))) and allows(WRITE_COMMENTS)
    return {
        "follow_url": model_address(page, "follow", record.pk) if is_following or (may_follow and is_open) else "",
        "is_following": is_following,
        "talk_url": f"{model_address(page, 'timeline', record.pk)}#comment" if may_talk else "",
    }
