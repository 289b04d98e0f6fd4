"""Users over HTTP: finding, making, changing and deleting them, their own lists and their devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import PasswordReset, Session, User
from apps.auth.selectors import access_of, own_grants
from apps.auth.services.users import delete_user
from apps.kernel import clock
from apps.kernel.commands.models import Action, IdempotencyRecord
from apps.kernel.crypto.tokens import new_token
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import GRANT_TABLES, MANAGING, PASSWORD, give, make_role, make_user, reading_in, system
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.support.digests import digest
from tests.support.scopes import House

USERS = "/api/auth/users/"
NEW = {"name": "Ada", "email": "ada@example.org"}
SHOWN = {
    "id",
    "name",
    "email",
    "roles",
    "home_organization_id",
    "is_active",
    "is_confirmed",
    "is_super_admin",
    "locale",
    "time_zone",
    "last_login_at",
    "version",
    "created_at",
    "updated_at",
    "custom_fields",
}


@pytest.fixture
def manager(house: House) -> Client:
    """Somebody who manages users and holds a few features more."""
    return client_of(member(house, *MANAGING, "currencies.*", name="Manager"))


@pytest.fixture
def reader(house: House) -> Client:
    return client_of(member(house, "auth.users.view", name="Reader"))


def at(user: User | str, action: str = "") -> str:
    return f"{USERS}{getattr(user, 'pk', user)}/{action}"


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_a_user_is_created_with_roles_and_can_log_in(house: House, manager: Client) -> None:
    role = make_role(house, "currencies.view", name="Viewers")
    body = {**NEW, "password": PASSWORD, "roles": [str(role.pk)], "home_organization_id": str(house.north.pk)}
    answer = send(manager, "post", USERS, body)
    assert answer.status_code == 201, answer.content
    record = answer.json()
    assert set(record) == SHOWN
    assert (record["email"], record["roles"], record["version"]) == ("ada@example.org", [str(role.pk)], 1)
    assert (answer.headers["ETag"], answer.headers["Location"]) == ('"1"', at(record["id"]))
    assert (record["is_active"], record["is_confirmed"], record["is_super_admin"]) == (True, True, False)
    assert manager.get(at(record["id"])).json() == record
    user = authenticate(None, email="ada@example.org", password=PASSWORD)
    assert isinstance(user, User)
    with reading_in(house):
        assert access_of(user.pk).allows("currencies.view")


def test_without_a_password_nobody_can_log_in(house: House, manager: Client) -> None:
    assert send(manager, "post", USERS, NEW).status_code == 201
    assert authenticate(None, email="ada@example.org", password="") is None


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": ""}, {"name": "blank"}),
    ({"name": "x" * 121}, {"name": "max_length"}),
    ({"name": 7}, {"name": "invalid"}),
    ({"email": "nobody"}, {"email": "invalid"}),
    ({"email": 7}, {"email": "invalid"}),
    ({"password": "short"}, {"password": "password_too_short"}),
    ({"password": "password1234"}, {"password": "password_too_common"}),
    ({"password": 123456789012}, {"password": "invalid"}),
    ({"locale": "xx"}, {"locale": "auth.user.locale"}),
    ({"time_zone": "Mars/Base"}, {"time_zone": "auth.user.time_zone"}),
    ({"roles": [str(uuid7())]}, {"roles": "kernel.reference.unknown"}),
    ({"roles": ["x"]}, {"roles.0": "invalid"}),
    ({"roles": "x"}, {"roles": "not_a_list"}),
    ({"home_organization_id": str(uuid7())}, {"home_organization_id": "kernel.reference.unknown"}),
    ({"is_active": "yes"}, {"is_active": "invalid"}),
    ({"tenant_id": str(uuid7())}, {"tenant_id": "read_only"}),
    ({"is_super_admin": True}, {"is_super_admin": "read_only"}),
    ({"features": ["*"]}, {"features": "unknown"}),
]


@pytest.mark.parametrize(("wrong", "expected"), WRONG)
def test_wrong_input_is_refused_by_field(
    house: House, manager: Client, wrong: dict[str, Any], expected: dict[str, str]
) -> None:
    before = digest(*GRANT_TABLES)
    answer = send(manager, "post", USERS, {**NEW, **wrong})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM), answer.content
    assert complaints(answer) == expected
    assert digest(*GRANT_TABLES) == before


def test_an_address_belongs_to_one_living_user(house: House, manager: Client) -> None:
    former = make_user(house, email="ada@example.org")
    answer = send(manager, "post", USERS, {**NEW, "email": "ADA@example.org"})
    assert (answer.status_code, complaints(answer)) == (409, {"email": "kernel.duplicate"})
    with using_scope(system(house)):
        delete_user(former.pk)
    assert send(manager, "post", USERS, NEW).status_code == 201


def test_a_user_is_changed_at_the_version_that_was_seen(house: House, manager: Client) -> None:
    user, role = make_user(house), make_role(house)
    answer = send(manager, "patch", at(user), {"name": "Countess", "roles": [str(role.pk)]}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json()["name"], answer.json()["roles"]) == ("Countess", [str(role.pk)])
    stale = send(manager, "patch", at(user), {"name": "Late"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.stale_version")
    assert manager.get(at(user)).json()["name"] == "Countess"
    assert send(manager, "patch", at(user), {"password": PASSWORD}).status_code == 400


def test_a_user_is_deleted_and_gone(house: House, manager: Client) -> None:
    user = make_user(house, name="Gone")
    client = client_of(user)
    assert client.get("/api/auth/session/").status_code == 200
    assert manager.delete(at(user)).status_code == 204
    assert (manager.get(at(user)).status_code, manager.delete(at(user)).status_code) == (404, 404)
    assert "Gone" not in names(manager.get(USERS))
    assert client.get("/api/auth/session/").status_code == 401


def test_users_are_filtered(house: House, reader: Client) -> None:
    role = make_role(house, name="Sellers")
    make_user(house, name="Ada Lovelace", email="ada@example.org", roles=(role,))
    make_user(house, name="Bob", home_organization_id=house.north.pk, is_active=False)
    make_user(house, name="Cleo", home_organization_id=house.root.pk)
    for query, expected in (
        ("name__icontains=love", ["Ada Lovelace"]),
        ("q=LACE", ["Ada Lovelace"]),
        ("email=ADA@example.org", ["Ada Lovelace"]),
        (f"role_id={role.pk}", ["Ada Lovelace"]),
        ("is_active=false", ["Bob"]),
        (f"organization={house.root.pk}", ["Bob", "Cleo"]),
        (f"organization={house.north.pk}", ["Bob"]),
        (f"home_organization_id={house.root.pk}", ["Cleo"]),
        ("email=ada", []),
    ):
        assert names(reader.get(f"{USERS}?{query}")) == expected, query


@pytest.mark.parametrize(
    "query",
    ["email__icontains=ada", "email__startswith=a", "email__in=a", "email_index=x", "password=x", "ordering=email"],
)
def test_an_address_is_searched_by_no_part_of_it(reader: Client, query: str) -> None:
    answer = reader.get(f"{USERS}?{query}")
    assert answer.status_code == 400, answer.content


def test_the_tree_cannot_compare_addresses(reader: Client) -> None:
    answer = reader.get(USERS, {"filter": '{"field": "email", "operator": "contains", "value": "a"}'})
    assert answer.status_code == 400, answer.content


def test_a_list_costs_the_same_for_one_and_for_many(house: House, reader: Client) -> None:
    role = make_role(house)

    def cost() -> int:
        reader.get(USERS)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert reader.get(USERS).status_code == 200
        return len(queries)

    few = cost()
    for number in range(20):
        make_user(house, name=f"User {number}", roles=(role,))
    assert cost() == few


@pytest.mark.parametrize(
    ("method", "path", "feature"),
    [
        ("get", "", "auth.users.view"),
        ("post", "", "auth.users.manage"),
        ("get", "one", "auth.users.view"),
        ("patch", "one", "auth.users.manage"),
        ("delete", "one", "auth.users.manage"),
        ("post", "set_password/", "auth.users.manage"),
        ("get", "acl/", "auth.users.view"),
        ("put", "acl/", "auth.acl.manage"),
        ("get", "sessions/", "auth.sessions.manage"),
        ("delete", "sessions/", "auth.sessions.manage"),
        ("delete", f"sessions/{UUID(int=7)}/", "auth.sessions.manage"),
    ],
)
def test_each_address_needs_its_feature(house: House, method: str, path: str, feature: str) -> None:
    user = make_user(house)
    address = USERS if not path else at(user, "" if path == "one" else path)
    body: dict[str, Any] | None = {} if method in {"post", "patch", "put"} else None
    nobody = client_of(member(house, "currencies.view"))
    answer = send(nobody, method, address, body)
    assert (answer.status_code, answer.json()["code"], answer.json()["feature"]) == (
        403,
        "kernel.feature_required",
        feature,
    )
    assert send(Client(), method, address, body).status_code == 401
    assert send(client_of(member(house, feature)), method, address, body).status_code not in {401, 403, 500}


def test_users_of_another_house_are_not_there(house: House, other_house: House, manager: Client) -> None:
    stranger = make_user(other_house, name="Charlie")
    for answer in (
        manager.get(at(stranger)),
        send(manager, "patch", at(stranger), {"name": "X"}),
        manager.delete(at(stranger)),
        send(manager, "put", at(stranger, "acl/"), {"features": []}),
        send(manager, "post", at(stranger, "set_password/"), {"password": PASSWORD}),
        manager.get(at(stranger, "sessions/")),
        manager.delete(at(stranger, "sessions/")),
    ):
        missing = manager.get(at(str(uuid7())))
        assert answer.status_code == 404
        assert answer.json()["detail"] == missing.json()["detail"]
    assert "Charlie" not in names(manager.get(USERS))


def test_super_admins_are_shown_to_super_admins_only(house: House, manager: Client) -> None:
    chief = member(house, name="Chief", is_super_admin=True)
    by_list = make_user(house, name="Chief by list")
    give(house, by_list, is_super_admin=True)
    before = digest(*GRANT_TABLES)
    for hidden in (chief, by_list):
        assert manager.get(at(hidden)).status_code == 404
        assert send(manager, "patch", at(hidden), {"name": "X"}).status_code == 404
        assert manager.delete(at(hidden)).status_code == 404
        assert send(manager, "put", at(hidden, "acl/"), {}).status_code == 404
        assert send(manager, "post", at(hidden, "set_password/"), {"password": PASSWORD}).status_code == 404
    assert not {"Chief", "Chief by list"} & set(names(manager.get(USERS)))
    assert digest(*GRANT_TABLES) == before
    assert {"Chief", "Chief by list"} <= set(names(client_of(chief).get(USERS)))
    assert client_of(chief).get(at(chief)).json()["is_super_admin"] is True


def test_somebody_held_to_organizations_sees_the_users_there_and_themselves(house: House) -> None:
    narrow = client_of(member(house, *MANAGING, only=(house.north,), name="Narrow"))
    near = make_user(house, name="Near", home_organization_id=house.north.pk)
    far = make_user(house, name="Far", home_organization_id=house.south.pk)
    make_user(house, name="Homeless")
    assert names(narrow.get(USERS)) == ["Narrow", "Near"]
    assert send(narrow, "patch", at(near), {"name": "Near"}).status_code == 200
    assert send(narrow, "patch", at(far), {"name": "X"}).status_code == 404


def test_a_password_is_set_and_ends_sessions(house: House, manager: Client) -> None:
    user = make_user(house, email="ada@example.org")
    client, wanted = client_of(user), "quite another long password"
    weak = send(manager, "post", at(user, "set_password/"), {"password": "short"})
    assert (weak.status_code, complaints(weak)) == (400, {"password": "password_too_short"})
    answer = send(manager, "post", at(user, "set_password/"), {"password": wanted})
    assert (answer.status_code, answer.content) == (204, b"")
    assert authenticate(None, email="ada@example.org", password=wanted) == user
    assert client.get("/api/auth/session/").status_code == 401


def test_no_password_is_kept_with_an_idempotency_key_or_an_action(house: House, manager: Client) -> None:
    body, key = {**NEW, "password": "a most peculiar sentence"}, {"Idempotency-Key": "one"}
    first = send(manager, "post", USERS, body, **key)
    again = send(manager, "post", USERS, body, **key)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert names(manager.get(f"{USERS}?email=ada@example.org")) == ["Ada"]
    with reading_in(house):
        kept = [*Action.objects.values_list("input", flat=True), *IdempotencyRecord.objects.values()]
    assert "peculiar" not in str(kept)


def test_the_own_list_is_read_and_replaced(house: House, manager: Client) -> None:
    user = make_user(house, roles=(make_role(house, "currencies.view"),))
    empty = manager.get(at(user, "acl/"))
    assert empty.json() == {
        "has_own_list": False,
        "features": [],
        "denied_features": [],
        "is_super_admin": False,
        "organization_ids": None,
        "effective": {"features": ["currencies.view"], "is_super_admin": False, "organization_ids": None},
        "version": 1,
    }
    body = {
        "features": ["currencies.*"],
        "denied_features": ["currencies.view"],
        "organization_ids": [str(house.north.pk)],
    }
    answer = send(manager, "put", at(user, "acl/"), body, **{"If-Match": empty.headers["ETag"]})
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert {name: shown[name] for name in body} == body
    assert "currencies.view" not in shown["effective"]["features"]
    assert (answer.headers["ETag"], manager.get(at(user, "acl/")).json()) == ('"2"', shown)
    assert manager.get(at(user)).json()["version"] == 2
    assert send(manager, "put", at(user, "acl/"), {}, **{"If-Match": '"1"'}).status_code == 412
    assert send(manager, "put", at(user, "acl/"), {}).json()["has_own_list"] is False


def test_organizations_alone_are_a_list(house: House, manager: Client) -> None:
    user = make_user(house, roles=(make_role(house, "currencies.view"),))
    answer = send(manager, "put", at(user, "acl/"), {"organization_ids": []})
    assert (answer.json()["has_own_list"], answer.json()["effective"]["organization_ids"]) == (True, [])
    with reading_in(house):
        assert own_grants(user.pk) is not None


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"features": ["no.such"]}, 400, {"features": "auth.feature.unknown"}),
        ({"features": ["currencies*"]}, 400, {"features": "auth.feature.unknown"}),
        ({"features": ["portal.orders.view"]}, 400, {"features": "auth.feature.unknown"}),
        ({"denied_features": ["no.such"]}, 400, {"denied_features": "auth.feature.unknown"}),
        ({"organization_ids": [str(uuid7())]}, 400, {"organization_ids": "kernel.reference.unknown"}),
        ({"features": "x"}, 400, {"features": "not_a_list"}),
        ({"roles": []}, 400, {"roles": "unknown"}),
        ({"features": ["*"]}, 403, {"features": "auth.grant.beyond_own"}),
        ({"features": ["directory.*"]}, 403, {"features": "auth.grant.beyond_own"}),
        ({"is_super_admin": True}, 403, {"is_super_admin": "auth.grant.beyond_own"}),
    ],
)
def test_a_wrong_list_is_refused_by_field(
    house: House, manager: Client, body: dict[str, Any], status: int, expected: dict[str, str]
) -> None:
    user = make_user(house)
    before = digest(*GRANT_TABLES)
    answer = send(manager, "put", at(user, "acl/"), body)
    assert (answer.status_code, complaints(answer)) == (status, expected)
    assert digest(*GRANT_TABLES) == before


def test_sessions_of_others_are_seen_and_ended(house: House, manager: Client) -> None:
    user, other = make_user(house), make_user(house)
    phone, desk, stranger = client_of(user), client_of(user), client_of(other)
    listed = manager.get(at(user, "sessions/")).json()
    assert (listed["count"], [row["is_current"] for row in listed["results"]]) == (2, [False, False])
    with reading_in(house):
        foreign = Session.objects.get(user_id=other.pk).pk
    assert manager.delete(at(user, f"sessions/{foreign}/")).status_code == 404
    first = min(row["id"] for row in listed["results"])
    assert manager.delete(at(user, f"sessions/{first}/")).status_code == 204
    assert manager.delete(at(user, f"sessions/{first}/")).status_code == 404
    assert sorted(client.get("/api/auth/session/").status_code for client in (phone, desk)) == [200, 401]
    assert manager.delete(at(user, "sessions/")).status_code == 204
    assert manager.get(at(user, "sessions/")).json()["results"] == []
    assert stranger.get("/api/auth/session/").status_code == 200


def test_another_address_voids_mailed_tokens(house: House, manager: Client) -> None:
    user = make_user(house)
    with using_scope(system(house)), scoped_transaction():
        PasswordReset(user=user, digest=new_token()[1], expires_at=clock.now()).save(force_insert=True)
    assert send(manager, "patch", at(user), {"name": "Same address"}).status_code == 200
    with reading_in(house):
        assert PasswordReset.objects.count() == 1
    assert send(manager, "patch", at(user), {"email": "new@example.org"}).status_code == 200
    with reading_in(house):
        assert PasswordReset.objects.count() == 0


def test_many_users_are_changed_as_one(house: House, manager: Client) -> None:
    users = [make_user(house) for _ in range(3)]
    ids = [str(user.pk) for user in users]
    answer = send(manager, "post", f"{USERS}bulk/", {"action": "update", "ids": ids, "changes": {"is_active": False}})
    assert (answer.status_code, answer.json()["count"]) == (200, 3), answer.content
    assert {manager.get(at(user)).json()["is_active"] for user in users} == {False}
    chief = str(member(house, is_super_admin=True).pk)
    answer = send(manager, "post", f"{USERS}bulk/", {"action": "delete", "ids": [*ids, chief]})
    assert (answer.status_code, complaints(answer)) == (400, {f"ids.{chief}": "kernel.reference.unknown"})
