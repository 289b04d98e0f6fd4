"""How people, companies and deals are found; e-mails, phones and addresses by nobody but by their whole value."""

from __future__ import annotations

from apps.customers.calculations.words import one_line
from apps.customers.features import VIEW_COMMENTS, VIEW_COMPANIES, VIEW_DEALS, VIEW_INTERACTIONS, VIEW_PEOPLE
from apps.customers.models import Comment, Company, ContactPoint, Deal, Interaction, Person
from apps.customers.selectors.reaching import reached_by
from apps.search.contracts import Hashed, searchable

REACHING = Hashed(reached_by, {ContactPoint.entity_id: "customer_id"})

searchable(
    Company,
    feature=VIEW_COMPANIES,
    title="display_name",
    fields={"display_name": "A", "legal_name": "B", "brand_name": "B", "domain": "B", "description": "C"},
    hash_only=("tax_id",),
    hashed=REACHING,
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
    hashed=REACHING,
)
searchable(
    Deal,
    feature=VIEW_DEALS,
    title="title",
    fields={"title": "A", "description": "C", "loss_notes": "D"},
)
searchable(
    Interaction,
    feature=VIEW_INTERACTIONS,
    title="title",
    subtitle="location",
    fields={"title": "A", "location": "C", "body": "C"},
)
searchable(
    Comment,
    feature=VIEW_COMMENTS,
    title=lambda comment: one_line(comment.body, 80),
    fields={"body": "B"},
)
