"""Where people work: adding a company to a person, changing the roles, making it the primary one, taking it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.features import MANAGE_PEOPLE
from apps.customers.models import Company, Person, PersonCompany
from apps.customers.services.companies import create_company
from apps.customers.services.employment_roles import role_complaints, set_roles
from apps.customers.services.erased import demand_not_erased
from apps.customers.services.people import create_person
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.loading import load_living
from apps.kernel.commands.running import touch
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope

PERSON = Person.entity_id


def _new_employment(scope: Scope) -> dict[str, Any]:
    person, company = create_person(first_name="Ada"), create_company(brand_name="Engines")
    return {"person_id": person.pk, "company_id": company.pk}


def _second_employment(scope: Scope) -> dict[str, Any]:
    first = create_employment(**_new_employment(scope))
    second = create_employment(person_id=first.person_id, company_id=create_company(brand_name="Mills").pk)
    return {"employment_id": second.pk}


def _primary(scope: Scope) -> dict[str, Any]:
    return {**_second_employment(scope), "is_primary": True}


@command("customers.person_company.create", feature=MANAGE_PEOPLE, resource=PERSON, example=_new_employment)
def create_employment(
    *, person_id: UUID, company_id: UUID, role_ids: Sequence[UUID] = (), is_primary: bool = False
) -> PersonCompany:
    """Say that a person works for a company of the same organization; the first one is the primary one.

    Raises InvalidInput, PersonErased, Duplicate for a company that the person has already.
    """
    person = _person(person_id)
    demand_not_erased(person)
    there = _of(person)
    row = PersonCompany(organization_id=person.organization_id, person=person, company_id=company_id)
    row.is_primary = is_primary or not _living(there)
    _demand_company(row, there)
    _demand_roles(role_ids)
    if row.is_primary:
        _unmark(there)
    row.save(force_insert=True)
    set_roles([(row, role_ids)])
    return row


@command("customers.person_company.update", feature=MANAGE_PEOPLE, resource=PERSON, example=_primary)
def update_employment(
    employment_id: UUID,
    *,
    role_ids: Sequence[UUID] | Unchanged = UNCHANGED,
    is_primary: bool | Unchanged = UNCHANGED,
) -> PersonCompany:
    """Change what is given; the roles are all that there are, and the primary one stays it until another is.

    Raises RowNotFound, InvalidInput.
    """
    row, others = _loaded(employment_id)
    if is_primary is False and row.is_primary:
        text = _("Make another company the primary one instead.")
        raise InvalidInput(errors=(FieldError("is_primary", "customers.person_company.primary_needed", text),))
    changed = set_given(row, is_primary=is_primary)
    if not isinstance(role_ids, Unchanged):
        _demand_roles(role_ids)
        set_roles([(row, role_ids)])
    if is_primary is True:
        _unmark(others)
    row.save(update_fields=changed)
    return row


@command("customers.person_company.delete", feature=MANAGE_PEOPLE, resource=PERSON, example=_second_employment)
def delete_employment(employment_id: UUID) -> PersonCompany:
    """Take a company away from a person; of the primary one the oldest that is left takes the place.

    Raises RowNotFound.
    """
    row, others = _loaded(employment_id)
    PersonCompany.objects.filter(pk=row.pk).delete()
    if row.is_primary and others:
        [heir, *_rest] = _living(others) or others
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    return row


def _person(person_id: UUID) -> Person:
    """The person, locked: who changes their companies waits for whoever does so now. Raises InvalidInput."""
    try:
        return _locked(person_id)
    except RowNotFound:
        raise InvalidInput(errors=(no_such_record("person_id"),)) from None


def _locked(person_id: UUID) -> Person:
    person = load_living(Person, person_id)
    touch(person)  # whoever sets the list as a whole has to have seen this row
    return person


def _loaded(employment_id: UUID) -> tuple[PersonCompany, list[PersonCompany]]:
    """The row and the others of its person, the oldest first, the person locked. Raises RowNotFound."""
    person_id = PersonCompany.objects.filter(pk=employment_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise RowNotFound
    rows = _of(_locked(person_id))
    own = next((row for row in rows if row.pk == employment_id), None)
    if own is None:
        raise RowNotFound
    return own, [row for row in rows if row is not own]


def _of(person: Person) -> list[PersonCompany]:
    rows = PersonCompany.objects.filter(person=person).select_related("person", "company")
    return list(rows.order_by("created_at", "pk"))


def _living(rows: list[PersonCompany]) -> list[PersonCompany]:
    """Those whose company is there: it may have gone while the person was deleted."""
    return [row for row in rows if not row.company.is_deleted]


def _demand_company(row: PersonCompany, there: list[PersonCompany]) -> None:
    company = ENTITIES[Company.entity_id]
    own = company.living().filter(pk=row.company_id, organization_id=row.organization_id).exists()
    if not own or not hold(company, {row.company_id}):
        raise InvalidInput(errors=(no_such_record("company_id"),))
    if any(other.company_id == row.company_id for other in there):
        text = _("The person works there already.")
        raise Duplicate(errors=(FieldError("company_id", Duplicate.code, text),), fields="company_id")


def _demand_roles(role_ids: Sequence[UUID]) -> None:
    if complaints := tuple(role_complaints({"role_ids": role_ids})):
        raise InvalidInput(errors=complaints)


def _unmark(rows: list[PersonCompany]) -> None:
    """Take the mark off the present primary one first: at no moment are there two."""
    for former in rows:
        if former.is_primary:
            former.is_primary = False
            former.save(update_fields=["is_primary"])
