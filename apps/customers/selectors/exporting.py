"""What stands in files of people, companies and consents beside their own columns, named as the import's fields are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from apps.customers.models import (
    Address,
    Channel,
    Company,
    Consent,
    ContactPoint,
    Customer,
    Membership,
    Person,
    PersonCompany,
    Purpose,
    Tagging,
)
from apps.customers.selectors.records import addresses_of, living_marks, points_of
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

Cells = dict[UUID, dict[str, Any]]
POINTS: Final = 3
# Name of a column, and of the field of an address that it holds.
ADDRESS: Final[Mapping[str, str]] = {
    "address_purpose": "purpose",
    "address_recipient": "recipient",
    "address_line1": "line1",
    "address_line2": "line2",
    "postal_code": "postal_code",
    "city": "city",
    "region": "region",
    "country": "country",
}
COLUMNS: Final = {Channel.EMAIL: ("email", "email_2", "email_3"), Channel.PHONE: ("phone", "phone_2", "phone_3")}
ORDER: Final = (Purpose.OFFICE, Purpose.BILLING, Purpose.HOME, Purpose.SHIPPING, Purpose.OTHER)
SHARED: Final = (*COLUMNS[Channel.EMAIL], *COLUMNS[Channel.PHONE], *ADDRESS, "tags", "groups")
STANDING: Final = ("status", "lifecycle_stage", "source", "temperature")
PERSON_COLUMNS: Final = (*SHARED, "company_id", "company", *STANDING, "owner")
CONSENT_COLUMNS: Final = ("email", "person", "purpose")
COMPANY_COLUMNS: Final = (*SHARED, "parent", *STANDING, "industry", "owner")


def person_cells(ids: Sequence[UUID]) -> Cells:
    """The cells of people; nine queries, and one for each kind of name."""
    found = _shared(ids)
    places = PersonCompany.objects.filter(person_id__in=ids, is_primary=True)
    pairs = dict(places.values_list("person_id", "company_id"))
    names = _companies(pairs.values())
    for person_id, company_id in pairs.items():
        if company_id in names:
            found[person_id] |= {"company_id": company_id, "company": names[company_id]}
    return _with_names(found, Person, STANDING)


def consent_cells(ids: Sequence[UUID]) -> Cells:
    """The cells of consents: whose they are, by their first e-mail and by name, and what they are for; four queries."""
    rows = list(Consent.objects.filter(pk__in=ids).values_list("pk", "customer_id", "purpose_id"))
    points = points_of({customer_id for _pk, customer_id, _purpose in rows})
    names = ENTITIES[Customer.entity_id].labels([customer_id for _pk, customer_id, _purpose in rows])
    purposes = service(DictionaryBook).entries_by_id({purpose_id for _pk, _customer, purpose_id in rows})
    return {
        pk: {
            "email": _point_cells(points.get(customer_id, ())).get("email"),
            "person": names.get(customer_id),
            "purpose": purposes[purpose_id].label if purpose_id in purposes else None,
        }
        for pk, customer_id, purpose_id in rows
    }


def company_cells(ids: Sequence[UUID]) -> Cells:
    """The cells of companies."""
    found = _shared(ids)
    parents = dict(Company.objects.filter(pk__in=ids, parent__isnull=False).values_list("pk", "parent_id"))
    names = _companies(parents.values())
    for pk, parent_id in parents.items():
        found[pk]["parent"] = names.get(parent_id)
    return _with_names(found, Company, (*STANDING, "industry"))


def _companies(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of living companies that the reader may see."""
    rows = ENTITIES[Company.entity_id].living().filter(pk__in=set(ids))
    return dict(rows.values_list("pk", "display_name"))


def _shared(ids: Sequence[UUID]) -> Cells:
    points, addresses = points_of(ids), addresses_of(ids)
    tags = _names(Tagging, "tag__label", ids)
    groups = _names(Membership, "group__code", ids, order=("group__rank", "group__name"))
    return {
        pk: {
            **_point_cells(points.get(pk, ())),
            **_address_cells(addresses.get(pk, ())),
            "tags": tags.get(pk),
            "groups": groups.get(pk),
        }
        for pk in ids
    }


def _point_cells(points: Iterable[ContactPoint]) -> dict[str, str]:
    """The first of each channel, the primary one before the others."""
    found: dict[str, str] = {}
    for channel, names in COLUMNS.items():
        values = [point.value for point in points if point.channel == channel]
        found |= dict(zip(names, values, strict=False))
    return found


def _address_cells(addresses: Sequence[Address]) -> dict[str, str]:
    """The address that stands for the others."""
    first = leading_address(addresses)
    return {} if first is None else {name: getattr(first, column) for name, column in ADDRESS.items()}


def leading_address(addresses: Iterable[Address]) -> Address | None:
    """The primary address of the office, else the first that there is of the other purposes; None for none."""
    there = {address.purpose: address for address in addresses if address.is_primary}
    return next((there[purpose] for purpose in ORDER if purpose in there), None)


def _names(
    model: type[Tagging | Membership], column: str, ids: Sequence[UUID], *, order: Sequence[str] = ()
) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = living_marks(model).filter(customer__in=ids).order_by(*order, column, "pk")
    for customer_id, name in rows.values_list("customer_id", column):
        found[customer_id].append(name)
    return found


def _with_names(found: Cells, model: type[Person | Company], standing: Sequence[str]) -> Cells:
    """The cells with names in the place of ids of users and of values of dictionaries."""
    columns = [f"{name}_id" for name in standing]
    rows = list(model.objects.filter(pk__in=found).values_list("pk", "owner_id", *columns))
    values = service(DictionaryBook).entries_by_id({item for row in rows for item in row[2:] if item is not None})
    kind = ENTITIES.get("auth.user")
    owners = kind.labels([row[1] for row in rows if row[1] is not None]) if kind is not None else {}
    for pk, owner_id, *ids in rows:
        labels = (values[item].label if item in values else None for item in ids)
        found[pk] |= {**dict(zip(standing, labels, strict=True)), "owner": owners.get(owner_id)}
    return found
