"""Where people work, as the actor may see it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.customers.models import Company, PersonCompany
from apps.kernel.registry.entities import ENTITIES


def employments_of(person_id: UUID) -> QuerySet[PersonCompany]:
    """Companies of a person, the primary one first, without those that the actor does not see."""
    seen = ENTITIES[Company.entity_id].living().filter(pk=OuterRef("company_id"))
    rows: QuerySet[PersonCompany] = PersonCompany.objects.filter(Exists(seen), person=person_id)
    return rows.select_related("company").order_by("-is_primary", "created_at", "pk")
