"""Where a person works, in the person's own form: one command, one undo, one primary company."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.auth.models import User
from apps.customers.models import Company, Person, PersonCompany
from apps.customers.selectors import roles_at
from apps.customers.services import create_person, update_person
from apps.customers.services.employment_roles import ROLES
from apps.dictionaries.models import Dictionary
from apps.kernel.commands.models import Action
from apps.kernel.errors import InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import COMPANIES, FEATURES, make_company, make_company_roles, make_person
from tests.customers.test_admin import NO_ROWS
from tests.directory.callers import client_of, member, send
from tests.support.scopes import House, seeding


@pytest.fixture
def user(house: House) -> User:
    role = make_role(house, *FEATURES, "audit_logs.*")
    return make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk)


@pytest.fixture
def alice(user: User) -> Client:
    return signed_in(user)


@pytest.fixture
def roles(house: House) -> list[Any]:
    """Two roles: who decides, and who pays."""
    return make_company_roles(house, "Decides", "Pays")


def page_of(person: Person) -> str:
    return reverse("admin:customers_person_change", args=[person.pk])


def works(house: House, person: Person) -> list[tuple[str, Any, bool]]:
    with seeding(house.scope()):
        rows = list(
            PersonCompany.objects.filter(person=person).select_related("company").order_by("company__brand_name")
        )
        held = roles_at([row.pk for row in rows])
        return [(row.company.display_name, list(held.get(row.pk, ())), row.is_primary) for row in rows]


def rows_of(client: Client, person: Person) -> dict[str, Any]:
    """What the form would send as it stands."""
    [inline] = [
        item
        for item in client.get(page_of(person)).context["inline_admin_formsets"]
        if item.opts.argument == "companies"
    ]
    forms = inline.formset.initial_forms
    found: dict[str, Any] = {"employments-TOTAL_FORMS": len(forms), "employments-INITIAL_FORMS": len(forms)}
    for index, form in enumerate(forms):
        values = {"id": form.instance.pk, "person": person.pk, "company": form.instance.company_id}
        values |= {"role_ids": form.initial["role_ids"], **({"is_primary": "on"} if form.instance.is_primary else {})}
        found |= {f"employments-{index}-{name}": value for name, value in values.items()}
    return found


def saved(client: Client, person: Person, rows: dict[str, Any], version: int) -> Any:
    body = {**NO_ROWS, "first_name": "Ada", "last_name": "Lovelace", "display_name": "Ada Lovelace", **rows}
    return client.post(page_of(person), {**body, "expected_version": version})


def test_companies_are_added_changed_and_taken_away_with_them(alice: Client, house: House, roles: list[Any]) -> None:
    person, one, two = make_person(house), make_company(house, "One"), make_company(house, "Two")
    new: dict[str, Any] = {"employments-TOTAL_FORMS": 2}
    new |= {"employments-0-company": one.pk, "employments-0-role_ids": roles}
    new |= {"employments-1-company": two.pk}
    assert saved(alice, person, new, 1).status_code == 302
    assert works(house, person) == [("One", roles, True), ("Two", [], False)]
    rows = rows_of(alice, person)
    del rows["employments-0-is_primary"]
    rows |= {"employments-1-is_primary": "on", "employments-1-role_ids": roles[1:], "employments-0-role_ids": roles[:1]}
    assert saved(alice, person, rows, 2).status_code == 302
    assert works(house, person) == [("One", roles[:1], False), ("Two", roles[1:], True)]
    rows = rows_of(alice, person)
    assert rows["employments-0-company"] == two.pk, "the primary one stands first"
    assert saved(alice, person, rows | {"employments-0-DELETE": "on"}, 3).status_code == 302
    assert works(house, person) == [("One", roles[:1], True)]


def test_roles_that_the_dictionary_no_longer_offers_stay(alice: Client, house: House, roles: list[Any]) -> None:
    person, one = make_person(house), make_company(house, "One")
    with using_scope(house.scope(house.north)):
        update_person(person.pk, companies=[{"company_id": one.pk, "role_ids": roles}])
    with seeding(house.scope()):
        Dictionary.objects.filter(key=ROLES).update(is_active=False)
    rows = rows_of(alice, person)
    assert sorted(rows["employments-0-role_ids"]) == sorted(roles)
    assert saved(alice, person, rows, 2).status_code == 302
    assert works(house, person) == [("One", roles, True)]


def test_it_is_one_change_and_one_undo(alice: Client, user: User, house: House, roles: list[Any]) -> None:
    person, one = make_person(house), make_company(house, "One")
    new = {"employments-TOTAL_FORMS": 1, "employments-0-company": one.pk, "employments-0-role_ids": roles}
    saved(alice, person, new, 1)
    with seeding(house.scope()):
        [action] = Action.objects.filter(resource_id=person.pk, parent_id=None, command="customers.person.update")
    undone = send(client_of(user, organization=house.north), "post", f"/api/audit_logs/actions/{action.pk}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert works(house, person) == []


def test_a_new_person_comes_with_companies(alice: Client, house: House) -> None:
    one = make_company(house, "One")
    rows = {"employments-TOTAL_FORMS": 1, "employments-0-company": one.pk}
    answer = alice.post(reverse("admin:customers_person_add"), {**NO_ROWS, "first_name": "Ada", **rows})
    assert answer.status_code == 302
    with seeding(house.scope()):
        person = Person.objects.get()
    assert works(house, person) == [("One", [], True)]


def test_what_is_wrong_stands_beside_its_row_and_nothing_is_saved(alice: Client, house: House) -> None:
    person, one, two = make_person(house), make_company(house, "One"), make_company(house, "Two")
    rows: dict[str, Any] = {"employments-TOTAL_FORMS": 2}
    for index, company in enumerate((one, two)):
        rows |= {f"employments-{index}-company": company.pk, f"employments-{index}-is_primary": "on"}
    answer = saved(alice, person, rows, 1)
    assert answer.status_code == 200
    assert "Only one can be the primary one." in answer.content.decode()
    assert works(house, person) == []


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([{"company_id": "foreign"}], ("companies.0.company_id", "kernel.reference.unknown")),
        ([{"company_id": "own"}, {"company_id": "own"}], ("companies.1.company_id", "customers.list.repeated")),
        ([{"company_id": "own", "role_ids": [uuid7()]}], ("companies.0.role_ids.0", "kernel.reference.unknown")),
        ([{"company_id": "own", "role_ids": [uuid7()] * 21}], ("companies.0.role_ids", "too_many")),
        ([{}], ("companies.0.company_id", "kernel.reference.unknown")),
        ([{"company_id": "own"}] * 51, ("companies", "too_many")),
    ],
)
def test_bad_rows_are_named(
    house: House, other_house: House, rows: list[dict[str, Any]], complaint: tuple[str, str]
) -> None:
    companies = {"foreign": make_company(other_house).pk, "own": make_company(house).pk}
    given = [{**row, "company_id": companies.get(row["company_id"])} if "company_id" in row else row for row in rows]
    with using_scope(house.scope(house.north)), pytest.raises(InvalidInput) as caught:
        create_person(first_name="Ada", companies=given)
    assert [(item.field, item.code) for item in caught.value.errors] == [complaint]


def test_companies_that_are_not_seen_stay_and_are_not_shown(house: House, user: User) -> None:
    person, secret, plain = make_person(house), make_company(house, "Secret"), make_company(house, "Plain")
    with using_scope(house.scope(house.north)):
        update_person(person.pk, companies=[{"company_id": secret.pk}, {"company_id": plain.pk}])
    carol = client_of(member(house, *FEATURES, name="Carol"), organization=house.north)
    assert send(carol, "post", f"{COMPANIES}{secret.pk}/restrict/", {}).status_code == 200
    alice = signed_in(user)
    rows = rows_of(alice, person)
    assert [value for name, value in rows.items() if name.endswith("-company")] == [plain.pk]
    assert saved(alice, person, rows | {"employments-0-DELETE": "on"}, 2).status_code == 302
    assert works(house, person) == [("Secret", [], True)]


def test_who_sees_no_companies_has_no_rows_and_takes_none_away(house: House) -> None:
    person, one = make_person(house), make_company(house, "One")
    with using_scope(house.scope(house.north)):
        update_person(person.pk, companies=[{"company_id": one.pk}])
    role = make_role(house, "customers.people.manage")
    bob = signed_in(make_user(house, name="Bob", roles=(role,), home_organization_id=house.north.pk))
    assert "employments-TOTAL_FORMS" not in bob.get(page_of(person)).content.decode()
    assert saved(bob, person, {}, 2).status_code == 302
    assert works(house, person) == [("One", [], True)]
    with seeding(house.scope()):
        assert Company.objects.count() == 1
