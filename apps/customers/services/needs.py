"""What keeps records from being deleted: deals that people and companies are part of, people who work for a company.

Undo that hides records again asks the same of all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from apps.customers.errors import HasDeals, HasPeople, HasSubsidiaries, PipelineHasDeals, StageHasDeals
from apps.customers.models import Company, CustomerKind, CustomerRecord, PersonCompany
from apps.customers.selectors import count_deals

Ids = Collection[UUID]


def demand_unneeded(row: CustomerRecord) -> None:
    """Refuse to let go of a customer, which is locked, while living records need it. Raises HasPeople, HasDeals."""
    if row.kind == CustomerKind.PERSON:
        demand_people_unneeded([row.pk])
    else:
        _demand_no_people([row.pk])
        _demand_no_deals(companies__company__in=[row.pk])


def demand_people_unneeded(ids: Ids) -> None:
    """Raises HasDeals where one of them is part of a living deal."""
    _demand_no_deals(people__person__in=ids)


def demand_companies_unneeded(ids: Ids) -> None:
    """Raises HasSubsidiaries, HasPeople and HasDeals with counts."""
    if count := Company.objects.filter(parent_id__in=ids, deleted_at__isnull=True).count():
        raise HasSubsidiaries(count=count)
    _demand_no_people(ids)
    _demand_no_deals(companies__company__in=ids)


def demand_pipelines_unneeded(ids: Ids) -> None:
    """Raises PipelineHasDeals with the count."""
    if count := count_deals(pipeline__in=ids):
        raise PipelineHasDeals(count=count)


def demand_stages_unneeded(ids: Ids) -> None:
    """Raises StageHasDeals with the count."""
    if count := count_deals(stage__in=ids):
        raise StageHasDeals(count=count)


def _demand_no_people(ids: Ids) -> None:
    people = PersonCompany.objects.filter(company__in=ids, person__deleted_at__isnull=True)
    if count := people.values("person").distinct().count():
        raise HasPeople(count=count)


def _demand_no_deals(**where: Ids) -> None:
    if count := count_deals(**where):
        raise HasDeals(count=count)
