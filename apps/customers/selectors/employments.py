"""Where people work, as the actor may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.customers.models import Company, PersonCompany, PersonCompanyRole
from apps.kernel.registry.entities import ENTITIES


def employments_of(person_id: UUID) -> QuerySet[PersonCompany]:
    """Companies of a person, the primary one first, without those that the actor does not see."""
    seen = ENTITIES[Company.entity_id].living().filter(pk=OuterRef("company_id"))
    rows: QuerySet[PersonCompany] = PersonCompany.objects.filter(Exists(seen), person=person_id)
    return rows.select_related("company").order_by("-is_primary", "created_at", "pk")


def roles_at(place_ids: Collection[UUID]) -> Mapping[UUID, Mapping[UUID, UUID]]:
    """Roles of each place of work that has any, in the order in which they were given, with the id of their row; one
    query."""
    found: dict[UUID, dict[UUID, UUID]] = defaultdict(dict)
    rows = PersonCompanyRole.objects.filter(place__in=place_ids).order_by("pk")
    for place_id, role_id, pk in rows.values_list("place_id", "role_id", "pk"):
        found[place_id][role_id] = pk
    return found
