"""Roles that people have in companies and deals; those of places of work are always set as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from apps.customers.models import PersonCompany, PersonCompanyRole
from apps.customers.selectors import roles_at
from apps.kernel.errors import FieldError, too_many
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES

ROLES = "customers.company_role"
MOST_ROLES = 20
Wanted = Mapping[str, Sequence[UUID]]


def role_complaints(wanted: Wanted) -> Iterator[FieldError]:
    """What is wrong with roles, by the name of the list they stand in; the others are held against deletion."""
    too_long = [name for name, roles in wanted.items() if len(roles) > MOST_ROLES]
    yield from (too_many(name, MOST_ROLES) for name in too_long)
    short = ((name, roles) for name, roles in wanted.items() if name not in too_long)
    yield from unknown_roles({f"{name}.{index}": item for name, roles in short for index, item in enumerate(roles)})


def unknown_roles(wanted: Mapping[str, UUID]) -> Iterator[FieldError]:
    """Complaints about fields that name no role; the roles that there are are held against deletion."""
    known = hold(ENTITIES["dictionaries.entry"], set(wanted.values()), within=ROLES) if wanted else set()
    yield from (no_such_record(field) for field, role_id in wanted.items() if role_id not in known)


def set_roles(wanted: Sequence[tuple[PersonCompany, Sequence[UUID]]]) -> None:
    """Give each place of work these roles and no others, in three statements at most."""
    held = roles_at([place.pk for place, _roles in wanted]) if wanted else {}
    gone: list[UUID] = []
    new: list[PersonCompanyRole] = []
    for place, roles in wanted:
        former = held.get(place.pk, {})
        gone += [pk for role, pk in former.items() if role not in roles]
        new += [_role(place, item) for item in dict.fromkeys(roles) if item not in former]
    if gone:
        PersonCompanyRole.objects.filter(pk__in=gone).delete()
    if new:
        PersonCompanyRole.objects.bulk_create(new)


def _role(place: PersonCompany, role_id: UUID) -> PersonCompanyRole:
    return PersonCompanyRole(place=place, role_id=role_id, organization_id=place.organization_id)
