"""What keeps a person or a company from being deleted: deals that it is part of, people who work for it."""

from __future__ import annotations

from apps.customers.errors import HasDeals, HasPeople
from apps.customers.models import CustomerKind, CustomerRecord, PersonCompany
from apps.customers.selectors import count_deals


def demand_unneeded(row: CustomerRecord) -> None:
    """Refuse to let go of a customer, which is locked, while living records need it. Raises HasPeople, HasDeals."""
    if row.kind == CustomerKind.PERSON:
        deals = count_deals(people__person=row.pk)
    else:
        _demand_no_people(row)
        deals = count_deals(companies__company=row.pk)
    if deals:
        raise HasDeals(count=deals)


def _demand_no_people(row: CustomerRecord) -> None:
    people = PersonCompany.objects.filter(company=row.pk, person__deleted_at__isnull=True).count()
    if people:
        raise HasPeople(count=people)
