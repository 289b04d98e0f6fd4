"""What the overview of a person or company shows, each part in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.customers.models import Company, CustomerGroup, Person, PersonCompany, Tag
from apps.customers.selectors.talking import opens
from apps.dictionaries.contracts import DictionaryBook, EntryFacts
from apps.kernel.access.visible import visible
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

MOST_LINKS = 50


@dataclass(frozen=True, slots=True)
class Link:
    """Somebody at the other end of a place of work."""

    record: Any
    roles: tuple[EntryFacts, ...]
    is_primary: bool


def marks_on(customer_id: UUID) -> tuple[list[Tag], list[CustomerGroup]]:
    """Tags and groups of the customer; two queries."""
    tags = Tag.objects.filter(taggings__customer=customer_id, deleted_at__isnull=True).order_by("label", "pk")
    groups = CustomerGroup.objects.filter(memberships__customer=customer_id, deleted_at__isnull=True)
    return list(tags), list(groups.order_by("rank", "name", "pk"))


def companies_of(person_id: UUID) -> list[PersonCompany]:
    """Places of work of a person in companies that the actor sees, the primary one first; one query."""
    if not opens(Company, current_scope().actor):
        return []
    seen = visible(Company._default_manager.filter(deleted_at__isnull=True)).values("pk")
    rows = PersonCompany.objects.filter(person=person_id, company__in=seen).select_related("company")
    return list(rows.order_by("-is_primary", "company__display_name", "pk")[:MOST_LINKS])


def people_of(company_id: UUID) -> list[PersonCompany]:
    """Who works for a company, as far as the actor sees them; one query."""
    if not opens(Person, current_scope().actor):
        return []
    seen = visible(Person._default_manager.filter(deleted_at__isnull=True)).values("pk")
    rows = PersonCompany.objects.filter(company=company_id, person__in=seen).select_related("person")
    return list(rows.order_by("person__display_name", "pk")[:MOST_LINKS])


def companies_around(company: Company) -> tuple[Company | None, list[Company]]:
    """The company above, and those below, as far as the actor sees them; two queries at most."""
    rows = visible(Company._default_manager.filter(deleted_at__isnull=True))
    above = rows.filter(pk=company.parent_id).first() if company.parent_id else None
    return above, list(rows.filter(parent=company.pk).order_by("display_name", "pk")[:MOST_LINKS])


def values_of(ids: Iterable[UUID | None]) -> dict[UUID, EntryFacts]:
    """Values of dictionaries by id; one query."""
    wanted = {item for item in ids if item is not None}
    return service(DictionaryBook).entries_by_id(wanted) if wanted else {}
