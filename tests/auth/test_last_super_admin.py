"""A tenant keeps a super admin who can log in, by whatever door the last one would go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.auth.models import Role, User
from apps.auth.selectors import access_of
from apps.auth.services.users import create_user, delete_user, set_user_acl, set_user_roles, update_user
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import GRANT_TABLES, acting_as, give, make_role, make_user, reading_in, system
from tests.directory.callers import client_of, send
from tests.support.crowds import all_at_once
from tests.support.digests import digest
from tests.support.scopes import House

USERS, ROLES = "/api/auth/users/", "/api/auth/roles/"
REFUSED = (409, "auth.super_admin.last")
Way = tuple[str, str, dict[str, Any]]
WAYS: dict[str, Way] = {
    "delete": ("delete", USERS, {}),
    "deactivate": ("patch", USERS, {"is_active": False}),
    "unconfirm": ("patch", USERS, {"is_confirmed": False}),
    "take all roles": ("patch", USERS, {"roles": []}),
}


@pytest.fixture
def role(house: House) -> Role:
    return make_role(house, is_super_admin=True, system_key="superadmin")


@pytest.fixture
def alice(house: House, role: Role) -> User:
    return make_user(house, name="Alice", roles=(role,))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"] if answer.content else ""


def go(client: Client, way: Way, pk: UUID) -> Any:
    method, place, body = way
    return send(client, method, f"{place}{pk}/", body)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_last_one_stays(house: House, alice: User, way: Way) -> None:
    make_user(house, name="Gone", roles=tuple(alice_roles(house)), is_active=False)
    before = digest(*GRANT_TABLES)
    assert told(go(client_of(alice), way, alice.pk)) == REFUSED
    assert digest(*GRANT_TABLES) == before
    assert client_of(alice).get(USERS).status_code == 200


def alice_roles(house: House) -> list[Role]:
    with reading_in(house):
        return list(Role.objects.filter(acls__is_super_admin=True))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_one_of_two_may_go(house: House, role: Role, alice: User, way: Way) -> None:
    make_user(house, name="Carol", roles=(role,))
    assert go(client_of(alice), way, alice.pk).status_code in {200, 204}


def test_another_by_their_own_list_counts(house: House, alice: User) -> None:
    give(house, make_user(house, name="Carol"), is_super_admin=True)
    assert go(client_of(alice), WAYS["delete"], alice.pk).status_code == 204


def test_the_role_of_all_of_them_stays_one_of_super_admins(house: House, role: Role, alice: User) -> None:
    body = {"is_super_admin": False}
    assert told(send(client_of(alice), "put", f"{ROLES}{role.pk}/acl/", body)) == REFUSED
    give(house, alice, is_super_admin=True)
    assert send(client_of(alice), "put", f"{ROLES}{role.pk}/acl/", body).status_code == 200


def test_others_are_deleted_where_nobody_is_a_super_admin(house: House) -> None:
    manager, bob = make_user(house, roles=(make_role(house, "auth.users.*"),)), make_user(house)
    assert go(client_of(manager), WAYS["delete"], bob.pk).status_code == 204


def test_the_system_may(house: House, alice: User) -> None:
    with using_scope(system(house)):
        delete_user(alice.pk)
        carol = create_user(email="carol@example.org", name="Carol")
        set_user_acl(carol.pk, is_super_admin=True)
        update_user(carol.pk, is_active=False)


def undoing(house: House, alice: User, role: Role, change: Any) -> tuple[int, str]:
    """Carol, a super admin too, takes back what made her one; Alice is none any more by then."""
    with acting_as(house, alice), collecting_actions() as actions:
        carol = change()
    assert access_in(house, carol).is_super_admin
    with using_scope(system(house)):
        set_user_roles(alice.pk, roles=[])
    address = f"/api/audit_logs/actions/{actions[-1]}/undo/"
    return told(send(client_of(carol), "post", address, {}))


def access_in(house: House, user: User) -> Any:
    with reading_in(house):
        return access_of(user.pk)


def test_undo_is_no_way_round(house: House, role: Role, alice: User) -> None:
    def by_role() -> User:
        return set_user_roles(make_user(house).pk, roles=[role.pk])

    assert undoing(house, alice, role, by_role) == REFUSED


def test_undo_of_an_own_list_is_no_way_round(house: House, role: Role, alice: User) -> None:
    def by_list() -> User:
        return set_user_acl(make_user(house).pk, is_super_admin=True)

    assert undoing(house, alice, role, by_list) == REFUSED


def test_undo_of_an_account_is_no_way_round(house: House, role: Role, alice: User) -> None:
    def by_account() -> User:
        return create_user(email="carol@example.org", name="Carol", roles=[role.pk])

    assert undoing(house, alice, role, by_account) == REFUSED


@pytest.mark.committed
def test_of_two_who_delete_each_other_one_stays(house: House) -> None:
    role = make_role(house, is_super_admin=True)
    pair = [make_user(house, name=name, roles=(role,)) for name in ("Alice", "Carol")]
    clients = [client_of(user) for user in pair]

    def other_away(number: int) -> int:
        return int(go(clients[number], WAYS["delete"], pair[1 - number].pk).status_code)

    answers = all_at_once(2, other_away)
    assert sorted(answers) in ([204, 401], [204, 409])
    with reading_in(house):
        assert User.objects.filter(deleted_at__isnull=True).count() == 1
