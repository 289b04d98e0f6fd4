"""Roles, what they grant, the catalogue of features, and who holds one, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import Role
from apps.auth.selectors import grants_of_role
from apps.auth.services.keys import revoke_api_key
from apps.kernel.ids import uuid7
from apps.kernel.registry.features import FEATURES
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import GRANT_TABLES, MANAGING, give, make_role, make_user, reading_in, system
from tests.auth.programs import make_key
from tests.directory.callers import client_of, complaints, member, send
from tests.support.digests import digest
from tests.support.scopes import House

ROLES, FEATURES_AT = "/api/auth/roles/", "/api/auth/features/"
VIEW = "currencies.view"


@pytest.fixture
def manager(house: House) -> Client:
    """Somebody who manages roles and holds a few features more."""
    return client_of(member(house, *MANAGING, "currencies.*", name="Manager"))


def at(role: Role | str, action: str = "") -> str:
    return f"{ROLES}{getattr(role, 'pk', role)}/{action}"


def holders(client: Client, feature: str) -> dict[str, Any]:
    answer = client.get(f"{FEATURES_AT}{feature}/holders/")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_role_is_created_with_its_grants(house: House, manager: Client) -> None:
    body = {"name": "Tellers", "features": ["currencies.*"], "organization_ids": [str(house.north.pk)]}
    answer = send(manager, "post", ROLES, body)
    assert answer.status_code == 201, answer.content
    record = answer.json()
    shown = {name: record[name] for name in ("system_key", "is_super_admin", "users_count", "version")}
    assert shown == {"system_key": None, "is_super_admin": False, "users_count": 0, "version": 1}
    assert {name: record[name] for name in body} == body
    again = manager.get(answer.headers["Location"])
    assert (again.json(), again.headers["ETag"]) == (record, '"1"')


def test_a_role_counts_its_living_users(house: House, manager: Client) -> None:
    role = make_role(house, VIEW, name="Viewers")
    living = make_user(house, roles=(role,))
    gone = make_user(house, roles=(role,))
    assert manager.delete(f"/api/auth/users/{gone.pk}/").status_code == 204
    assert manager.get(f"{ROLES}?name=Viewers").json()["results"][0]["users_count"] == 1
    assert [row["name"] for row in manager.get(f"{ROLES}?user_id={living.pk}").json()["results"]] == ["Viewers"]


def test_system_roles_are_told_apart_and_stay(house: House, manager: Client) -> None:
    system_role = make_role(house, name="Clerks", system_key="employee")
    assert [row["name"] for row in manager.get(f"{ROLES}?is_system=true").json()["results"]] == ["Clerks"]
    assert "Clerks" not in [row["name"] for row in manager.get(f"{ROLES}?is_system=false").json()["results"]]
    answer = manager.delete(at(system_role))
    assert (answer.status_code, answer.json()["code"]) == (409, "auth.role.system")
    renamed = send(manager, "patch", at(system_role), {"name": "Staff"})
    assert (renamed.json()["name"], renamed.json()["system_key"]) == ("Staff", "employee")
    assert send(manager, "patch", at(system_role), {"system_key": "admin"}).status_code == 400


def test_a_role_in_use_is_not_deleted(house: House, manager: Client) -> None:
    of_user, of_key, free = make_role(house), make_role(house, VIEW), make_role(house)
    make_user(house, roles=(of_user,))
    key = make_key(house, roles=[of_key.pk])
    for role, code in ((of_user, "auth.role.in_use"), (of_key, "auth.role.in_use_by_keys")):
        answer = manager.delete(at(role))
        assert (answer.status_code, answer.json()["code"], answer.json()["count"]) == (409, code, 1)
    with using_scope(system(house)):
        revoke_api_key(key.key.pk)
    assert [manager.delete(at(role)).status_code for role in (of_key, free)] == [204, 204]


def test_grants_are_read_and_changed_at_the_roles_version(house: House, manager: Client) -> None:
    role = make_role(house, VIEW, organization_ids=[house.north.pk])
    found = manager.get(at(role, "acl/"))
    here = [str(house.north.pk)]
    assert found.json() == {"features": [VIEW], "is_super_admin": False, "organization_ids": here, "version": 1}
    answer = send(manager, "put", at(role, "acl/"), {"features": ["currencies.*"]}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json()["features"], answer.json()["organization_ids"]) == (["currencies.*"], here)
    stale = send(manager, "put", at(role, "acl/"), {"features": []}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    assert send(manager, "put", at(role, "acl/"), {"organization_ids": None}).json()["organization_ids"] is None
    assert manager.get(at(role)).json()["version"] == 3


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"features": ["no.such"]}, 400, {"features": "auth.feature.unknown"}),
        ({"features": [7]}, 400, {"features.0": "invalid"}),
        ({"organization_ids": [str(uuid7())]}, 400, {"organization_ids": "kernel.reference.unknown"}),
        ({"denied_features": []}, 400, {"denied_features": "unknown"}),
        ({"features": ["directory.*", "currencies.view"]}, 403, {"features": "auth.grant.beyond_own"}),
        ({"is_super_admin": True}, 403, {"is_super_admin": "auth.grant.beyond_own"}),
    ],
)
def test_wrong_grants_are_refused_by_field(
    house: House, manager: Client, body: dict[str, Any], status: int, expected: dict[str, str]
) -> None:
    role = make_role(house)
    before = digest(*GRANT_TABLES)
    for method, address in (("put", at(role, "acl/")), ("patch", at(role))):
        answer = send(manager, method, address, body)
        assert (answer.status_code, complaints(answer)) == (status, expected)
    assert digest(*GRANT_TABLES) == before


def test_granting_needs_the_feature_for_it(house: House) -> None:
    client = client_of(member(house, "auth.roles.manage", VIEW))
    role = make_role(house)
    assert send(client, "post", ROLES, {"name": "Empty"}).status_code == 201
    for answer in (
        send(client, "post", ROLES, {"name": "Full", "features": [VIEW]}),
        send(client, "patch", at(role), {"features": [VIEW]}),
        send(client, "put", at(role, "acl/"), {"features": [VIEW]}),
    ):
        assert (answer.status_code, answer.json()["feature"]) == (403, "auth.acl.manage")


def test_names_are_unique_and_not_empty(house: House, manager: Client) -> None:
    make_role(house, name="Sellers")
    twice = send(manager, "post", ROLES, {"name": "Sellers"})
    assert (twice.status_code, complaints(twice)) == (409, {"name": "kernel.duplicate"})
    for wrong, code in (("", "blank"), ("x" * 101, "max_length"), (7, "invalid")):
        assert complaints(send(manager, "post", ROLES, {"name": wrong})) == {"name": code}
    assert complaints(send(manager, "post", ROLES, {})) == {"name": "required"}


def test_roles_of_super_admins_are_shown_to_super_admins_only(house: House, manager: Client) -> None:
    role = make_role(house, name="Chiefs", is_super_admin=True)
    assert "Chiefs" not in [row["name"] for row in manager.get(ROLES).json()["results"]]
    for method, address in (("get", at(role)), ("get", at(role, "acl/")), ("delete", at(role))):
        assert send(manager, method, address).status_code == 404
    assert send(manager, "patch", at(role), {"name": "X"}).status_code == 404
    chief = client_of(make_user(house, roles=(role,)))
    assert chief.get(at(role)).json()["is_super_admin"] is True


def test_roles_of_another_house_are_not_there(house: House, other_house: House, manager: Client) -> None:
    role = make_role(other_house, VIEW)
    for method, address in (("get", at(role)), ("get", at(role, "acl/")), ("delete", at(role))):
        assert send(manager, method, address).status_code == 404
    assert send(manager, "put", at(role, "acl/"), {"features": []}).status_code == 404


def test_a_list_of_roles_costs_the_same_for_one_and_for_many(house: House, manager: Client) -> None:
    def cost() -> int:
        manager.get(ROLES)
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(ROLES).status_code == 200
        return len(queries)

    few = cost()
    for _ in range(20):
        make_user(house, roles=(make_role(house, VIEW),))
    assert cost() == few


def test_the_catalogue_names_every_feature_of_staff(house: House) -> None:
    reader = client_of(member(house, "auth.roles.view"))
    found = reader.get(FEATURES_AT).json()["results"]
    by_module = {row["module"]: row for row in found}
    assert {item["id"] for row in found for item in row["features"]} == {
        name for name in FEATURES if not name.startswith("portal.")
    }
    assert (by_module["auth"]["wildcard"], by_module["auth"]["label"]) == ("auth.*", "Staff")
    manage = next(item for item in by_module["auth"]["features"] if item["id"] == "auth.roles.manage")
    assert manage == {"id": "auth.roles.manage", "label": "Manage roles", "implies": ["auth.roles.view"]}
    assert client_of(member(house, VIEW)).get(FEATURES_AT).status_code == 403


def test_holders_say_through_what(house: House) -> None:
    client = client_of(member(house, *MANAGING, "auth.api_keys.view", name="Asker"))
    wide, exact = make_role(house, "currencies.*", name="All"), make_role(house, "currencies.manage", name="Some")
    make_user(house, name="By role", roles=(wide,))
    make_user(house, name="By implication", roles=(exact,), is_active=False)
    give(house, make_user(house, name="By list"), VIEW)
    give(house, make_user(house, name="Denied", roles=(wide,)), denied_features=[VIEW])
    member(house, name="Chief", is_super_admin=True)
    make_key(house, VIEW, name="Till", organization_ids=[house.north.pk])
    found = holders(client, VIEW)
    assert [(item["name"], item["grant"]) for item in found["roles"]] == [("All", "currencies.*"), ("Some", VIEW)]
    users = {item["name"]: (item["source"], item["is_active"]) for item in found["users"]}
    assert users["By role"] == ("role All", True)
    assert users["By implication"] == ("role Some (currencies.manage)", False)
    assert users["By list"] == ("the user's own list", True)
    assert found["users_count"] == len(users) == 3
    assert [(item["name"], item["grant"]) for item in found["denied"]] == [("Denied", VIEW)]
    keys = [(item["name"], item["organization_ids"]) for item in found["api_keys"]]
    assert keys == [("Till", [str(house.north.pk)])]


def test_holders_show_no_more_than_the_caller_may_see(house: House) -> None:
    make_key(house, VIEW)
    chief = member(house, name="Chief", is_super_admin=True)
    plain = client_of(member(house, "auth.users.view", "auth.roles.view", "audit_logs.*"))
    found = holders(plain, VIEW)
    assert (found["users"], found["roles"], found["api_keys"]) == ([], [], [])
    shown = holders(client_of(chief), VIEW)
    assert [(item["name"], item["rule"]) for item in shown["users"]] == [("Chief", "super_admin")]
    assert plain.get(f"{FEATURES_AT}no.such/holders/").status_code == 404
    assert client_of(member(house, "auth.roles.view")).get(f"{FEATURES_AT}{VIEW}/holders/").status_code == 403


def test_holders_cost_the_same_for_one_and_for_many(house: House) -> None:
    client, role = client_of(member(house, *MANAGING)), make_role(house, VIEW)

    def cost() -> int:
        holders(client, VIEW)
        with CaptureQueriesContext(connection) as queries:
            holders(client, VIEW)
        return len(queries)

    few = cost()
    for _ in range(20):
        make_user(house, roles=(role, make_role(house, VIEW)))
    assert cost() == few


def test_a_refused_role_leaves_nothing(house: House, manager: Client) -> None:
    before = digest(*GRANT_TABLES)
    answer = send(manager, "post", ROLES, {"name": "Big", "features": ["*"]})
    assert (answer.status_code, complaints(answer)) == (403, {"features": "auth.grant.beyond_own"})
    assert digest(*GRANT_TABLES) == before
    with reading_in(house):
        assert not Role.objects.filter(name="Big").exists()
        assert all("*" not in grants_of_role(role.pk).features for role in Role.objects.all())
