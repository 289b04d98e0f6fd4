"""Where people work, over HTTP: the first company is the primary one, and one always is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.customers.services import update_person
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import using_scope
from tests.customers.factories import COMPANIES, FEATURES, PEOPLE, clerk, make_company, make_company_roles, make_person
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House, reading


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


@pytest.fixture
def path(house: House) -> str:
    return f"{PEOPLE}{make_person(house).pk}/companies/"


@pytest.fixture
def roles(house: House) -> list[str]:
    """Two roles: who decides, and who pays."""
    return [str(item) for item in make_company_roles(house, "Decides", "Pays")]


def added(bob: Client, path: str, company: Any, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", path, {"company_id": str(company.pk), **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def listed(bob: Client, path: str) -> list[tuple[str, bool]]:
    return [(row["company"], row["is_primary"]) for row in bob.get(path).json()["results"]]


def test_the_first_company_is_the_primary_one(bob: Client, house: House, path: str) -> None:
    assert added(bob, path, make_company(house, "One"))["is_primary"] is True
    added(bob, path, make_company(house, "Two"))
    assert listed(bob, path) == [("One", True), ("Two", False)]
    added(bob, path, make_company(house, "Three"), is_primary=True)
    assert listed(bob, path) == [("Three", True), ("One", False), ("Two", False)]


def test_another_one_is_made_the_primary_one(bob: Client, house: House, path: str) -> None:
    first, second = (added(bob, path, make_company(house, name)) for name in ("One", "Two"))
    assert send(bob, "patch", f"{path}{second['id']}/", {"is_primary": True}).json()["is_primary"] is True
    assert listed(bob, path) == [("Two", True), ("One", False)]
    refused = send(bob, "patch", f"{path}{second['id']}/", {"is_primary": False})
    assert complaints(refused) == {"is_primary": "customers.person_company.primary_needed"}
    assert send(bob, "patch", f"{path}{first['id']}/", {"is_primary": False}).status_code == 200


def test_the_oldest_takes_the_place_of_the_primary_one(bob: Client, house: House, path: str) -> None:
    first, _second, _third = (added(bob, path, make_company(house, name)) for name in ("One", "Two", "Three"))
    gone = send(bob, "delete", f"{path}{first['id']}/")
    assert (gone.status_code, listed(bob, path)) == (204, [("Two", True), ("Three", False)])
    undone = send(bob, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert listed(bob, path) == [("One", True), ("Two", False), ("Three", False)]


def test_a_person_has_several_roles_in_a_company(bob: Client, house: House, path: str, roles: list[str]) -> None:
    decides, pays = roles
    link = added(bob, path, make_company(house), role_ids=[pays, decides, pays])
    assert link["role_ids"] == [pays, decides]
    plain = added(bob, path, make_company(house, "Mills"))
    assert plain["role_ids"] == []
    one = send(bob, "patch", f"{path}{link['id']}/", {"role_ids": [decides]})
    assert one.json()["role_ids"] == [decides]
    assert [row["role_ids"] for row in bob.get(path).json()["results"]] == [[decides], []]
    assert send(bob, "patch", f"{path}{link['id']}/", {"is_primary": True}).json()["role_ids"] == [decides]
    undone = send(bob, "post", f"/api/audit_logs/actions/{one['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert [row["role_ids"] for row in bob.get(path).json()["results"]] == [[pays, decides], []]


def test_wrong_roles_are_named_and_change_nothing(bob: Client, house: House, path: str, roles: list[str]) -> None:
    company = make_company(house)
    unknown = send(bob, "post", path, {"company_id": str(company.pk), "role_ids": [roles[0], str(company.pk)]})
    assert (unknown.status_code, complaints(unknown)) == (400, {"role_ids.1": "kernel.reference.unknown"})
    assert bob.get(path).json()["results"] == []
    link = added(bob, path, company, role_ids=roles)
    many = send(bob, "patch", f"{path}{link['id']}/", {"role_ids": roles * 11})
    assert complaints(many) == {"role_ids": "max_length"}
    assert bob.get(path).json()["results"][0]["role_ids"] == roles


def test_a_role_that_somebody_has_is_kept(bob: Client, house: House, path: str, roles: list[str]) -> None:
    added(bob, path, make_company(house), role_ids=roles[:1])
    alice = client_of(member(house, "dictionaries.*"), organization=house.north)
    first, second = (send(alice, "delete", f"/api/dictionaries/entries/{role}/") for role in roles)
    assert (first.status_code, first.json()["code"], second.status_code) == (409, "dictionaries.entry.in_use", 204)


def test_what_is_done_to_a_place_of_work_is_done_to_the_person(bob: Client, house: House, path: str) -> None:
    person = path.removesuffix("companies/")
    seen = bob.get(person).json()["version"]
    added(bob, path, make_company(house))
    late = send(bob, "patch", person, {"last_name": "King"}, **{"If-Match": f'"{seen}"'})
    assert late.status_code == 412, late.content
    with reading(house.scope()):
        action = Action.objects.get(command="customers.person_company.create")
    assert (action.resource_entity, str(action.resource_id)) == ("customers.person", person.split("/")[-2])


def test_what_was_done_to_a_hidden_person_stays(bob: Client, house: House, path: str) -> None:
    link = send(bob, "post", path, {"company_id": str(make_company(house).pk)})
    carol = client_of(member(house, *FEATURES, name="Carol"), organization=house.north)
    assert send(carol, "post", path.replace("companies/", "restrict/"), {}).status_code == 200
    undone = send(bob, "post", f"/api/audit_logs/actions/{link['X-Action-Id']}/undo/", {})
    assert undone.status_code == 404, undone.content
    assert [row["company"] for row in carol.get(path).json()["results"]] == ["Engines"]


def test_a_company_stands_once_and_must_be_there(bob: Client, house: House, other_house: House, path: str) -> None:
    company = make_company(house)
    added(bob, path, company)
    again = send(bob, "post", path, {"company_id": str(company.pk)})
    assert (again.status_code, complaints(again)) == (409, {"company_id": "kernel.duplicate"})
    foreign = send(bob, "post", path, {"company_id": str(make_company(other_house).pk)})
    assert complaints(foreign) == {"company_id": "kernel.reference.unknown"}
    assert len(listed(bob, path)) == 1


def test_a_company_that_people_work_for_is_kept(bob: Client, house: House, path: str) -> None:
    company = make_company(house)
    link = added(bob, path, company)
    answer = send(bob, "delete", f"{COMPANIES}{company.pk}/")
    assert (answer.status_code, answer.json()["code"], answer.json()["count"]) == (
        409,
        "customers.company.has_people",
        1,
    )
    assert answer.json()["detail"] == "People who work for it: 1. Take them out of it first."
    assert send(bob, "delete", f"{path}{link['id']}/").status_code == 204
    assert send(bob, "delete", f"{COMPANIES}{company.pk}/").status_code == 204


def test_rows_of_another_person_and_strangers_see_nothing(
    bob: Client, house: House, other_house: House, path: str
) -> None:
    link = added(bob, path, make_company(house))
    others = f"{PEOPLE}{make_person(house, 'Grace Hopper').pk}/companies/{link['id']}/"
    assert send(bob, "patch", others, {"is_primary": True}).status_code == 404
    assert send(bob, "delete", others).status_code == 404
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert stranger.get(path).status_code == 404
        assert send(stranger, "delete", f"{path}{link['id']}/").status_code == 404
    assert len(listed(bob, path)) == 1


@pytest.mark.parametrize("as_list", [True, False])
def test_a_company_that_went_while_the_person_was_deleted_is_not_the_primary_one(
    bob: Client, house: House, as_list: bool
) -> None:
    gone, company = make_company(house, "Gone"), make_company(house, "There")
    path = f"{PEOPLE}{make_person(house).pk}/"
    assert send(bob, "post", f"{path}companies/", {"company_id": str(gone.pk)}).status_code == 201
    assert send(bob, "delete", path).status_code == 204
    assert send(bob, "delete", f"{COMPANIES}{gone.pk}/").status_code == 204
    assert send(bob, "post", f"{path}restore/", {}).status_code == 200
    if as_list:
        with using_scope(house.scope(house.north)):
            update_person(UUID(path.split("/")[-2]), companies=[{"company_id": company.pk}])
    else:
        assert send(bob, "post", f"{path}companies/", {"company_id": str(company.pk)}).status_code == 201
    assert send(bob, "post", f"{COMPANIES}{gone.pk}/restore/", {}).status_code == 200
    found = bob.get(f"{path}companies/").json()["results"]
    assert {row["company"]: row["is_primary"] for row in found} == {"Gone": False, "There": True}
