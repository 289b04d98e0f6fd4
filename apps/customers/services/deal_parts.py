"""Who is part of a deal, and its lines: lists that are set as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.calculations import sum_of_lines
from apps.customers.models import Deal, DealCompany, DealLine, DealPerson
from apps.customers.selectors import lines_of, seen_companies, seen_people
from apps.customers.services.employment_roles import unknown_roles
from apps.customers.services.erased import erased_complaints
from apps.customers.services.lists import Given
from apps.kernel import clock
from apps.kernel.commands.checking import complaints_of
from apps.kernel.errors import FieldError, too_many
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES

MOST = 100
LINE = ("title", "quantity", "unit_price")
REPEATED = "customers.list.repeated"


@dataclass
class DealParts:
    """What comes with a deal beside its own columns; None leaves a part as it is.

    People and companies that the actor does not see stay whatever is given.
    """

    people: Given | None = None
    companies: Given | None = None
    lines: Given | None = None
    settled: list[DealLine] = field(default_factory=list)

    @property
    def given(self) -> set[str]:
        """What the given lists change of what a stage may demand; lines make the value."""
        lists = {"people": self.people, "companies": self.companies, "value_amount": self.lines}
        return {name for name, items in lists.items() if items is not None}

    def settle(self, deal: Deal) -> Iterator[FieldError]:
        """Find what is wrong with the lists, and make rows of the lines."""
        if self.people is not None:
            yield from _link_complaints(deal, "person", self.people, name="people")
            yield from unknown_roles(_roles(self.people))
        if self.companies is not None:
            yield from _link_complaints(deal, "company", self.companies, name="companies")
        if self.lines is not None:
            yield from self._settle_lines(deal)

    def sum(self, deal: Deal) -> Decimal | None:
        """What the lines come to; None of a deal without lines."""
        rows = self.settled if self.lines is not None else [] if deal._state.adding else lines_of(deal.pk)
        return sum_of_lines((row.quantity, row.unit_price) for row in rows) if rows else None

    def store(self, deal: Deal) -> None:
        """Write all of it, each list in a few statements."""
        if self.people is not None:
            _store_people(deal, {item["person_id"]: item.get("role_id") for item in _kept(self.people)})
        if self.companies is not None:
            _store_companies(deal, [item["company_id"] for item in _kept(self.companies)])
        if self.lines is not None:
            _store_lines(deal, self.settled)

    def _settle_lines(self, deal: Deal) -> Iterator[FieldError]:
        stored = {} if deal._state.adding else {row.pk: row for row in lines_of(deal.pk)}
        for index, values in enumerate(self.lines or ()):
            if values.get("deleted"):
                continue
            row_id = values.get("id")
            row = stored.pop(row_id, None) if row_id else DealLine(deal=deal, organization_id=deal.organization_id)
            if row is None:
                yield no_such_record(f"lines.{index}.id")
                continue
            for name in LINE:
                if name in values:
                    setattr(row, name, values[name])
            row.position = len(self.settled)
            for item in complaints_of(row, LINE):
                yield FieldError(f"lines.{index}.{item.field}", item.code, item.message)
            self.settled.append(row)
        if len(self.settled) > MOST:
            yield too_many("lines", MOST)


def _kept(given: Given) -> list[Mapping[str, Any]]:
    return [item for item in given if not item.get("deleted")]


def _roles(people: Given) -> dict[str, UUID]:
    """The roles of the people that stay, by the field that names each."""
    named = ((f"people.{index}.role_id", item) for index, item in enumerate(people) if not item.get("deleted"))
    return {field: item["role_id"] for field, item in named if item.get("role_id")}


def _link_complaints(deal: Deal, key: str, given: Given, *, name: str) -> Iterator[FieldError]:
    """Complaints about rows of ids that are no living record of the deal's organization, and about those named
    twice or erased.

    Those that are new are held against deletion; those that are there already need not be asked for.
    """
    there = set() if deal._state.adding else set(_linked(deal, key))
    wanted = [None if item.get("deleted") else item.get(f"{key}_id") for item in given]
    added = {item for item in wanted if item} - there
    known = there | (_held(deal, key, added) if added else set())
    for index, item in enumerate(wanted):
        if given[index].get("deleted"):
            continue
        if item not in known:
            yield no_such_record(f"{name}.{index}.{key}_id")
        elif item in wanted[:index]:
            yield FieldError(f"{name}.{index}.{key}_id", REPEATED, _("This stands here twice."))
    if key == "person":
        fields = ((f"{name}.{index}.person_id", item) for index, item in enumerate(wanted))
        yield from erased_complaints((field, item) for field, item in fields if item and item in added)
    if len(wanted) > MOST:
        yield too_many(name, MOST)


def _linked(deal: Deal, key: str) -> list[UUID]:
    rows = seen_people([deal.pk]) if key == "person" else seen_companies([deal.pk])
    return list(rows.values_list(f"{key}_id", flat=True))


def _held(deal: Deal, key: str, ids: set[UUID]) -> set[UUID]:
    entity = ENTITIES[f"customers.{key}"]
    own = entity.living().filter(pk__in=ids, organization_id=deal.organization_id)
    found = set(own.values_list("pk", flat=True))
    return hold(entity, found) if found else set()


def _store_people(deal: Deal, roles: Mapping[UUID, UUID | None]) -> None:
    rows = {row.person_id: row for row in seen_people([deal.pk])}
    if gone := [row.pk for person_id, row in rows.items() if person_id not in roles]:
        DealPerson.objects.filter(pk__in=gone).delete()
    changed = [row for person_id, row in rows.items() if person_id in roles and row.role_id != roles[person_id]]
    for row in changed:
        row.role_id, row.updated_at = roles[row.person_id], clock.now()
    if changed:
        DealPerson.objects.bulk_update(changed, ["role_id", "updated_at"])
    DealPerson.objects.bulk_create(
        DealPerson(deal=deal, person_id=person_id, role_id=role_id, organization_id=deal.organization_id)
        for person_id, role_id in roles.items()
        if person_id not in rows
    )


def _store_companies(deal: Deal, ids: list[UUID]) -> None:
    rows = {row.company_id: row.pk for row in seen_companies([deal.pk])}
    if gone := [pk for company_id, pk in rows.items() if company_id not in ids]:
        DealCompany.objects.filter(pk__in=gone).delete()
    DealCompany.objects.bulk_create(
        DealCompany(deal=deal, company_id=company_id, organization_id=deal.organization_id)
        for company_id in ids
        if company_id not in rows
    )


def _store_lines(deal: Deal, rows: list[DealLine]) -> None:
    kept = [row for row in rows if not row._state.adding]
    DealLine.objects.filter(deal=deal).exclude(pk__in=[row.pk for row in kept]).delete()
    for row in kept:
        row.updated_at = clock.now()
    if kept:
        DealLine.objects.bulk_update(kept, [*LINE, "position", "updated_at"])
    if added := [row for row in rows if row._state.adding]:
        DealLine.objects.bulk_create(added)
