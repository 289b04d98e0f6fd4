"""Customers for tests: of North, made by their own commands' services inside a seed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.test import Client

from apps.customers.models import Company, CustomerGroup, Deal, Interaction, Person, Pipeline, Stage, Tag
from apps.customers.services import create_deal, create_pipeline
from apps.customers.services.employment_roles import ROLES
from apps.customers.services.records import Parts, add_record
from apps.directory.models import Organization
from apps.kernel.ids import uuid7
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import client_of, member
from tests.support.scopes import House, reading, seeding

PEOPLE, COMPANIES = "/api/customers/people/", "/api/customers/companies/"
TAGS, GROUPS = "/api/customers/tags/", "/api/customers/groups/"
DEALS, PIPELINES, STAGES = "/api/customers/deals/", "/api/customers/pipelines/", "/api/customers/stages/"
VISITS = "/api/customers/stage-transitions/"
# Everything with customers but the sight of restricted ones, which `customers.*` includes.
WORKS = (
    "customers.people.manage",
    "customers.companies.manage",
    "customers.deals.manage",
    "customers.pipelines.manage",
    "customers.interactions.manage",
    "customers.comments.*",
    "customers.labels.use",
    "customers.followers.use",
    "customers.settings.manage",
    "customers.merge",
    "customers.erase",
    "customers.import",
    "customers.export",
    "customers.subjects.export",
)
FEATURES = (*WORKS, "dictionaries.view", "audit_logs.undo_self")


def clerk(house: House, *features: str, organization: Organization | None = None) -> Client:
    """Somebody of North who may do everything with customers but see restricted ones, or what is named."""
    return client_of(member(house, *(features or FEATURES)), organization=organization or house.north)


def make_person(house: House, name: str = "Ada Lovelace", **values: Any) -> Person:
    """A living person of North."""
    first, _, last = name.partition(" ")
    person = Person(first_name=first, last_name=last, **values)
    with seeding(house.scope(house.north)):
        add_record(person, Parts((), (), (), ()), fields=(), derived=name)
    return person


def make_company_roles(house: House, *labels: str) -> list[UUID]:
    """Roles that people may have in companies, by their labels."""
    book = make_dictionary(house, *labels, key=ROLES, is_system=True)
    return [entry_of(house, book, label).pk for label in labels]


def make_company(house: House, name: str = "Engines", **values: Any) -> Company:
    """A living company of North."""
    company = Company(brand_name=name, **values)
    with seeding(house.scope(house.north)):
        add_record(company, Parts((), (), (), ()), fields=(), derived=name)
    return company


def make_tag(house: House, label: str = "") -> Tag:
    """A living tag of North."""
    label = label or f"Tag {uuid7().hex[-8:]}"
    with seeding(house.scope(house.north)):
        tag = Tag(label=label, normalized_label=label.casefold())
        tag.save(force_insert=True)
    return tag


def make_group(house: House, code: str = "") -> CustomerGroup:
    """A living group of North."""
    with seeding(house.scope(house.north)):
        group = CustomerGroup(code=code or f"g-{uuid7().hex[-8:]}", name="Wholesalers")
        group.save(force_insert=True)
    return group


def make_pipeline(house: House, *stages: str, name: str = "", **values: Any) -> Pipeline:
    """A pipeline of North with stages; of the given labels, else Talk (10 %), Offer (50 %) and Signing (90 %)."""
    rows: list[dict[str, Any]] = [{"label": label} for label in stages] or [
        {"label": "Talk", "probability": 10},
        {"label": "Offer", "probability": 50, "stale_after_days": 14},
        {"label": "Signing", "probability": 90, "required_fields": ["value_amount", "people"]},
    ]
    with seeding(house.scope(house.north)):
        return create_pipeline(name=name or f"Sales {uuid7().hex[-8:]}", stages=rows, **values)


def stages_in(house: House, pipeline: Pipeline) -> list[Stage]:
    """Living stages of a pipeline, in their order."""
    with reading(house.scope()):
        return list(Stage.objects.filter(pipeline=pipeline, deleted_at__isnull=True).order_by("position"))


def make_deal(house: House, pipeline: Pipeline | None = None, title: str = "Engines", **values: Any) -> Deal:
    """An open deal of North, in the first stage of the pipeline."""
    pipeline = pipeline or make_pipeline(house)
    with seeding(house.scope(house.north)):
        return create_deal(title=title, pipeline_id=pipeline.pk, **values)


INTERACTIONS = "/api/customers/interactions/"


def make_interaction(house: House, title: str = "Call Ada", **values: Any) -> Interaction:
    """A planned interaction of North."""
    row = Interaction(title=title, is_restricted=values.get("visibility") == "private", **values)
    with seeding(house.scope(house.north)):
        row.save(force_insert=True)
    return row


ADDRESSES, POINTS = "/api/customers/addresses/", "/api/customers/contact-points/"
COMMENTS, LABELS, FOLLOWERS = "/api/customers/comments/", "/api/customers/labels/", "/api/customers/followers/"
