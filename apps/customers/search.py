"""How people and companies are found. E-mails, phones and addresses are found by nobody but by their whole value."""

from __future__ import annotations

from apps.customers.calculations.words import one_line
from apps.customers.features import VIEW_COMMENTS, VIEW_COMPANIES, VIEW_PEOPLE
from apps.customers.models import Comment, Company, Person
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
    Comment,
    feature=VIEW_COMMENTS,
    title=lambda comment: one_line(comment.body, 80),
    fields={"body": "B"},
)
