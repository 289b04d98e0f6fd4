"""People: adding, changing, hiding and bringing back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.customers.calculations import following, joined
from apps.customers.features import MANAGE_PEOPLE
from apps.customers.models import Person
from apps.customers.services.lists import Given
from apps.customers.services.records import (
    Ids,
    add_record,
    change_record,
    hidden_record,
    hide_record,
    show_record,
    taken,
)
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.tenancy.scope import Scope

FIELDS = (
    "display_name",
    "first_name",
    "last_name",
    "preferred_name",
    "job_title",
    "department",
    "seniority",
    "time_zone",
    "linkedin_url",
    "description",
)


def _new_person(scope: Scope) -> dict[str, Any]:
    return {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "contact_points": [{"channel": "email", "type": "work", "value": "ada@example.org"}],
    }


def _some_person(scope: Scope) -> dict[str, Any]:
    return {"person_id": create_person(**_new_person(scope)).pk}


def _changed_person(scope: Scope) -> dict[str, Any]:
    return {**_some_person(scope), "last_name": "King", "contact_points": []}


def _hidden_person(scope: Scope) -> dict[str, Any]:
    found = _some_person(scope)
    delete_person(**found)
    return found


@command("customers.person.create", feature=MANAGE_PEOPLE, example=_new_person)
def create_person(  # noqa: PLR0913 - one for each column
    *,
    display_name: str = "",
    first_name: str = "",
    last_name: str = "",
    preferred_name: str = "",
    job_title: str = "",
    department: str = "",
    seniority: str = "",
    time_zone: str = "",
    linkedin_url: str = "",
    description: str = "",
    owner_id: UUID | None = None,
    status_id: UUID | None = None,
    lifecycle_stage_id: UUID | None = None,
    source_id: UUID | None = None,
    temperature_id: UUID | None = None,
    contact_points: Given = (),
    addresses: Given = (),
    tag_ids: Ids = (),
    group_ids: Ids = (),
    companies: Given | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Person:
    """Add a person; a display name that is not given is made of the names.

    `companies` are rows of `company_id`, `role_ids` and `is_primary`. Raises InvalidInput with all complaints.
    """
    given = dict(locals())
    custom, parts = given.pop("custom_fields"), taken(given)
    person = Person(**given)
    person.take(custom)
    add_record(person, parts, fields=FIELDS, derived=joined(first_name, last_name))
    return person


@command("customers.person.update", feature=MANAGE_PEOPLE, example=_changed_person, apart=True)
def update_person(  # noqa: PLR0913 - one for each column
    person_id: UUID,
    *,
    display_name: str | Unchanged = UNCHANGED,
    first_name: str | Unchanged = UNCHANGED,
    last_name: str | Unchanged = UNCHANGED,
    preferred_name: str | Unchanged = UNCHANGED,
    job_title: str | Unchanged = UNCHANGED,
    department: str | Unchanged = UNCHANGED,
    seniority: str | Unchanged = UNCHANGED,
    time_zone: str | Unchanged = UNCHANGED,
    linkedin_url: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    owner_id: UUID | Unchanged | None = UNCHANGED,
    status_id: UUID | Unchanged | None = UNCHANGED,
    lifecycle_stage_id: UUID | Unchanged | None = UNCHANGED,
    source_id: UUID | Unchanged | None = UNCHANGED,
    temperature_id: UUID | Unchanged | None = UNCHANGED,
    contact_points: Given | None = None,
    addresses: Given | None = None,
    tag_ids: Ids | None = None,
    group_ids: Ids | None = None,
    companies: Given | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Person:
    """Change what is given; lists are set as a whole. Raises RowNotFound, InvalidInput with all complaints.

    A display name that was made of the names follows them; an empty one is made of them. Custom values are merged;
    None under a key removes one.
    """
    given = {name: value for name, value in locals().items() if name != "person_id"}
    custom, parts = given.pop("custom_fields"), taken(given)
    person = load_living(Person, person_id)
    former = joined(person.first_name, person.last_name)
    changed = set_given(person, **given)
    derived = joined(person.first_name, person.last_name)
    person.display_name = following(person.display_name, former=former, derived=derived)
    person.take(custom)
    change_record(person, parts, fields=FIELDS, changed=changed)
    return person


@command("customers.person.delete", feature=MANAGE_PEOPLE, example=_some_person)
def delete_person(person_id: UUID) -> Person:
    """Hide a person. Raises RowNotFound, HasDeals and InUse with counts."""
    person = load_living(Person, person_id)
    hide_record(person)
    return person


@command("customers.person.restore", feature=MANAGE_PEOPLE, example=_hidden_person)
def restore_person(person_id: UUID) -> Person:
    """Bring a hidden person back. Raises RowNotFound."""
    person = hidden_record(Person, person_id)
    show_record(person)
    return person
