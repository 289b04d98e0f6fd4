"""Who does what in the companies of a demonstration."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from uuid import UUID

from apps.customers.models import PersonCompany
from apps.customers.services.employment_roles import ROLES, set_roles
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.services import service

# Of the people of a company the first ones, in the order in which they were met.
BY_ORDER = (("decision_maker", "budget_holder"), ("contact", "influencer"), ("technical",))


def give_roles(people: Collection[UUID]) -> None:
    """Give the first people of each company their roles; where the tenant has none of them, nobody has any."""
    known = {item.value: item.id for item in service(DictionaryBook).entries(ROLES)}
    rows = PersonCompany.objects.filter(person__in=people).order_by("company_id", "created_at", "pk")
    wanted = [
        (row, [known[value] for value in values if value in known])
        for _company, places in groupby(rows, key=lambda row: row.company_id)
        for row, values in zip(places, BY_ORDER, strict=False)
    ]
    set_roles(wanted)
