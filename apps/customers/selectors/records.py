"""What is read of customers beside single records and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import models

from apps.customers.calculations import normal_email, normal_phone
from apps.customers.models import Address, Company, ContactPoint, Membership, Person, Tagging
from apps.directory.contracts import TenantBook
from apps.kernel.services import service

MOST_LEVELS = 50
MARKS: Final[Mapping[Any, str]] = {Tagging: "tag__deleted_at", Membership: "group__deleted_at"}
HOMES = {"pl": "PL", "de": "DE", "es": "ES"}


def takes_more(record: Any) -> bool:
    """Say whether anything may be added to the person, company or deal: nothing is to somebody who was erased."""
    return not (isinstance(record, Person) and record.erased_at is not None)


def ancestors(company_id: UUID) -> list[UUID]:
    """The company and those above it, the nearest first. Stops after fifty levels, and where a circle would close."""
    found: list[UUID] = []
    following: UUID | None = company_id
    while following is not None and following not in found and len(found) < MOST_LEVELS:
        found.append(following)
        following = Company.objects.filter(pk=following).values_list("parent_id", flat=True).first()
    return found


def points_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[ContactPoint]]:
    """E-mails and phones by customer, primary ones first; one query."""
    found: dict[UUID, list[ContactPoint]] = {}
    rows = ContactPoint.objects.filter(customer__in=list(customer_ids)).order_by("channel", "-is_primary", "pk")
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def addresses_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[Address]]:
    """Addresses by customer, primary ones first; one query."""
    found: dict[UUID, list[Address]] = {}
    rows = Address.objects.filter(customer__in=list(customer_ids)).order_by("purpose", "-is_primary", "pk")
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def tags_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Ids of the tags of each customer; one query."""
    return _marks(Tagging, "tag_id", customer_ids)


def groups_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Ids of the groups of each customer, that of the lowest rank first; one query."""
    return _marks(Membership, "group_id", customer_ids, order=("group__rank", "group__name"))


def living_marks(model: type[Tagging | Membership]) -> models.QuerySet[Any]:
    """Who has which tag, or is in which group, as far as the tag or group is there for the reader: the join leaves out
    those of organizations out of sight, and what was deleted while somebody out of the deleter's sight had it."""
    rows: models.QuerySet[Any] = model.objects.filter(**{MARKS[model]: None})
    return rows


def _marks(
    model: type[Tagging | Membership], column: str, customer_ids: Iterable[UUID], *, order: Sequence[str] = ()
) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    rows = living_marks(model).filter(customer__in=list(customer_ids)).order_by(*order, "pk")
    for customer_id, mark in rows.values_list("customer_id", column):
        found.setdefault(customer_id, []).append(mark)
    return found


def customers_reached_by(value: str) -> list[UUID]:
    """Ids of living customers of the scope who have this e-mail or phone, given in its normal form."""
    rows = ContactPoint.objects.filter(value=value, customer__deleted_at__isnull=True)
    return list(rows.order_by("pk").values_list("customer_id", flat=True).distinct())


def normal_value(text: str) -> str | None:
    """The e-mail or phone in its normal form, a phone without country code as one of here; None for what is neither."""
    return normal_email(text) or normal_phone(text) or normal_phone(text, region=home_region())


def home_region() -> str:
    """The region of numbers without a country code: that of the tenant's language, "" where it is at home in many."""
    language, _sign, region = service(TenantBook).profile().locale.partition("-")
    return region or HOMES.get(language, "")
