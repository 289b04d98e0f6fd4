"""How people, companies and deals are found; e-mails, phones and addresses by nobody but by their whole value."""

from __future__ import annotations

from apps.customers.features import VIEW_COMPANIES, VIEW_DEALS, VIEW_PEOPLE
from apps.customers.models import Company, Deal, Person
from apps.search.contracts import searchable

searchable(
    Company,
    feature=VIEW_COMPANIES,
    title="display_name",
    fields={"display_name": "A", "legal_name": "B", "brand_name": "B", "domain": "B", "description": "C"},
    hash_only=("tax_id",),
)
searchable(
    Person,
    feature=VIEW_PEOPLE,
    title="display_name",
    fields={
        "display_name": "A",
        "first_name": "B",
        "last_name": "B",
        "preferred_name": "B",
        "job_title": "B",
        "department": "C",
        "description": "C",
    },
)
searchable(
    Deal,
    feature=VIEW_DEALS,
    title="title",
    fields={"title": "A", "description": "C", "loss_notes": "D"},
)
