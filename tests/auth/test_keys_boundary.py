"""Nobody makes a key, or widens one, beyond what they hold themselves; no key makes one beyond itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.auth.models import ApiKey, ApiKeySecret, User
from apps.auth.services.keys import IssuedKey, revoke_api_key, rotate_api_key, update_api_key
from apps.auth.services.users import update_user
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import FOREIGN, HELD, give, make_role, make_user, reading_in, system
from tests.auth.programs import KEYS, MANAGES, at, key_of, make_key, program
from tests.directory.callers import client_of, complaints, send
from tests.support.digests import digest
from tests.support.scopes import House

BEYOND = "auth.grant.beyond_own"
POWERS = (*MANAGES, HELD)


def manager_of(house: House, *, only: tuple[str, ...] | None = None, features: tuple[str, ...] = POWERS) -> Client:
    """Somebody who manages keys; `only` names organizations."""
    listed = None if only is None else [getattr(house, name).pk for name in only]
    role = make_role(house, *features, organization_ids=listed)
    return client_of(make_user(house, name="Bob", roles=(role,)))


def state_of(house: House) -> object:
    """All of it but the time of the last use."""
    with reading_in(house):
        secrets = ApiKeySecret.objects.order_by("pk").values_list("pk", "api_key_id", "prefix", "expires_at")
        return digest("staff_api_key", "staff_api_key_role"), list(secrets)


def refused(house: House, client: Client, method: str, path: str, body: dict[str, Any], **headers: str) -> Any:
    """Send it, and see that it is refused and changes nothing."""
    before = state_of(house)
    answer = send(client, method, path, body, **headers)
    assert answer.status_code == 403, answer.content
    assert state_of(house) == before
    return answer


GRANTS = [
    {"features": [FOREIGN]},
    {"features": ["*"]},
    {"features": ["directory.*"]},
    {"roles": ["Foreign"]},
    {"roles": ["Held", "Foreign"]},
    {"roles": ["Masters"]},
    {"roles": ["Wildcard"]},
]


@pytest.fixture
def roles(house: House) -> None:
    """Roles with more and with less than managers hold."""
    make_role(house, HELD, name="Held")
    make_role(house, FOREIGN, name="Foreign")
    make_role(house, "*", name="Wildcard")
    make_role(house, is_super_admin=True, name="Masters")
    make_role(house, HELD, name="Narrow", organization_ids=[house.north.pk])


@pytest.mark.parametrize("grant", GRANTS)
def test_a_new_key_holds_no_more_than_its_maker(grant: dict[str, Any], house: House, roles: None) -> None:
    answer = refused(house, manager_of(house), "post", KEYS, {"name": "Shop", **grant})
    assert answer.json()["code"] == BEYOND


@pytest.mark.parametrize("grant", GRANTS)
def test_a_change_gives_a_key_no_more_than_the_actor_holds(grant: dict[str, Any], house: House, roles: None) -> None:
    key = make_key(house, HELD).key
    assert refused(house, manager_of(house), "patch", at(key), grant).json()["code"] == BEYOND


def test_what_the_maker_holds_may_be_given(house: House, roles: None) -> None:
    manager = manager_of(house)
    answer = send(manager, "post", KEYS, {"name": "Shop", "features": [HELD], "roles": ["Held", "Narrow"]})
    assert answer.status_code == 201
    assert send(manager, "patch", f"{KEYS}{answer.json()['id']}/", {"features": [*POWERS]}).status_code == 200


def test_a_denial_spoils_a_wildcard(house: House) -> None:
    user = make_user(house, roles=(make_role(house, *MANAGES, "directory.*"),))
    give(house, user, denied_features=[FOREIGN])
    answer = refused(house, client_of(user), "post", KEYS, {"name": "Shop", "features": ["directory.*"]})
    assert answer.json()["features"] == ["directory.*"]
    assert send(client_of(user), "post", KEYS, {"name": "Shop", "features": [HELD]}).status_code == 201


def test_who_is_held_to_organizations_makes_no_key_of_the_whole_tenant(house: House, roles: None) -> None:
    narrow = manager_of(house, only=("north",))
    answer = refused(house, narrow, "post", KEYS, {"name": "Shop", "organization_ids": None})
    assert (answer.json()["code"], complaints(answer)) == (BEYOND, {"organization_ids": BEYOND})


def test_a_role_does_not_open_organizations_that_the_maker_does_not_see(house: House, roles: None) -> None:
    narrow = manager_of(house, only=("north",))
    refused(house, narrow, "post", KEYS, {"name": "Shop", "roles": ["Held"], "organization_ids": None})
    # The list of the key is the maker's own where none is given, and cuts the role.
    made = send(narrow, "post", KEYS, {"name": "Shop", "roles": ["Held"]})
    assert (made.status_code, made.json()["organization_ids"]) == (201, [str(house.north.pk)])


def test_organizations_beyond_the_actors_are_spoken_of_like_missing_ones(house: House) -> None:
    narrow = manager_of(house, only=("north",))
    key = make_key(house, HELD, organization_ids=[house.north.pk]).key
    body = {"organization_ids": [str(house.north.pk), str(house.south.pk)]}
    before = state_of(house)
    for answer in (send(narrow, "post", KEYS, {"name": "Shop", **body}), send(narrow, "patch", at(key), body)):
        assert (answer.status_code, complaints(answer)) == (400, {"organization_ids": "kernel.reference.unknown"})
    assert state_of(house) == before


def test_a_list_below_the_actors_own_may_be_given(house: House) -> None:
    manager = manager_of(house, only=("root",))
    body = {"name": "Shop", "features": [HELD], "organization_ids": [str(house.north.pk)]}
    assert send(manager, "post", KEYS, body).status_code == 201


def test_narrowing_needs_none_of_what_the_key_holds(house: House) -> None:
    key = make_key(house, FOREIGN, organization_ids=[house.root.pk]).key
    manager = manager_of(house)
    bodies: list[dict[str, Any]] = [
        {"organization_ids": [str(house.north.pk)]},
        {"addresses": ["192.0.2.0/24"]},
        {"expires_at": (clock.now() + timedelta(days=2)).isoformat()},
        {"per_minute": 5},
        {"per_minute": None},
        {"name": "Renamed"},
        {"expires_at": (clock.now() + timedelta(days=1)).isoformat()},
        {"addresses": ["192.0.2.7"]},
        {"features": []},
    ]
    for body in bodies:
        assert send(manager, "patch", at(key), body).status_code == 200


def test_without_organizations_nobody_gives_keys(house: House) -> None:
    nowhere = manager_of(house, only=())
    key = make_key(house, HELD, organization_ids=[], expires_at=clock.now() + timedelta(days=1)).key
    later = (clock.now() + timedelta(days=2)).isoformat()
    refused(house, nowhere, "post", KEYS, {"name": "Shop"})
    refused(house, nowhere, "post", KEYS, {"name": "Shop", "organization_ids": []})
    refused(house, nowhere, "post", at(key, "rotate/"), {})
    refused(house, nowhere, "patch", at(key), {"expires_at": later})
    refused(house, nowhere, "patch", at(key), {"features": [HELD, *MANAGES]})


@pytest.mark.parametrize(
    "loosened",
    [
        {"expires_at": None},
        {"expires_at": "2090-01-01T00:00:00Z"},
        {"addresses": []},
        {"addresses": ["192.0.0.0/16"]},
        {"addresses": ["192.0.2.0/24", "198.51.100.7"]},
    ],
)
def test_more_time_and_more_places_are_a_grant_of_all_that_the_key_holds(
    loosened: dict[str, Any], house: House
) -> None:
    limits: dict[str, Any] = {"expires_at": clock.now() + timedelta(days=1), "addresses": ["192.0.2.0/24"]}
    foreign, held = make_key(house, FOREIGN, **limits).key, make_key(house, HELD, **limits).key
    manager = manager_of(house)
    assert refused(house, manager, "patch", at(foreign), loosened).json()["features"] == [FOREIGN]
    assert send(manager, "patch", at(held), loosened).status_code == 200


def test_a_secret_is_given_only_to_who_holds_what_the_key_holds(house: House) -> None:
    manager = manager_of(house)
    answer = refused(house, manager, "post", at(make_key(house, FOREIGN).key, "rotate/"), {"overlap_hours": 0})
    assert answer.json()["features"] == [FOREIGN]
    assert send(manager, "post", at(make_key(house, HELD).key, "rotate/"), {}).status_code == 200


def test_a_key_of_a_super_admin_is_touched_by_super_admins_only(house: House, roles: None) -> None:
    key = make_key(house, roles=["Masters"]).key
    manager = manager_of(house)
    for method, action, body in (("patch", "", {"name": "x"}), ("post", "rotate/", {}), ("post", "revoke/", {})):
        answer = refused(house, manager, method, at(key, action), body)
        assert answer.json()["code"] == "auth.super_admin.protected"
    master = client_of(make_user(house, roles=(make_role(house, is_super_admin=True),)))
    assert send(master, "post", at(key, "rotate/"), {}).status_code == 200


def test_revoking_needs_nothing_of_what_the_key_holds(house: House) -> None:
    assert send(manager_of(house), "post", at(make_key(house, FOREIGN).key, "revoke/"), {}).status_code == 200


def test_the_last_role_does_not_open_what_it_kept_closed(house: House, roles: None) -> None:
    key = make_key(house, FOREIGN, roles=["Narrow"]).key
    answer = refused(house, manager_of(house), "patch", at(key), {"roles": []})
    assert answer.json()["features"] == [FOREIGN]


END = timedelta(days=10)


def acting_key(house: House, **values: Any) -> IssuedKey:
    """A key that manages keys, from one network, for ten days, sixty times a minute."""
    limits = {"addresses": ["127.0.0.0/8"], "expires_at": clock.now() + END, "per_minute": 60}
    return make_key(house, *POWERS, **{"name": "Robot", **limits, **values})


def within(key: ApiKey, **changes: Any) -> dict[str, Any]:
    end = key.expires_at.isoformat() if key.expires_at else None
    return {"name": "Made", "addresses": ["127.0.0.1"], "expires_at": end, "per_minute": 60, **changes}


def test_a_key_may_make_keys_within_itself(house: House) -> None:
    robot = acting_key(house)
    answer = send(program(robot.secret), "post", KEYS, within(robot.key, features=[HELD]))
    assert answer.status_code == 201, answer.content
    assert answer.json()["created_by_id"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"features": [FOREIGN]}, "features"),
        ({"features": ["*"]}, "features"),
        ({"roles": ["Masters"]}, "is_super_admin"),
        ({"expires_at": None}, "expires_at"),
        ({"expires_at": "2090-01-01T00:00:00Z"}, "expires_at"),
        ({"addresses": []}, "addresses"),
        ({"addresses": ["126.0.0.0/7"]}, "addresses"),
        ({"addresses": ["192.0.2.7"]}, "addresses"),
        ({"per_minute": None}, "per_minute"),
        ({"per_minute": 61}, "per_minute"),
    ],
)
def test_a_key_makes_no_key_beyond_itself_and_widens_none(
    change: dict[str, Any], field: str, house: House, roles: None
) -> None:
    robot = acting_key(house)
    client = program(robot.secret)
    answer = refused(house, client, "post", KEYS, within(robot.key, **change))
    assert (answer.json()["code"], complaints(answer)) == (BEYOND, {field: BEYOND})
    made = send(client, "post", KEYS, within(robot.key)).json()
    # Neither another key nor itself.
    for target in (made["id"], robot.key.pk):
        assert refused(house, client, "patch", f"{KEYS}{target}/", change).json()["code"] == BEYOND


def test_a_key_held_to_an_organization_makes_none_for_the_tenant(house: House) -> None:
    robot = acting_key(house, organization_ids=[house.north.pk])
    client = program(robot.secret)
    refused(house, client, "post", KEYS, within(robot.key, organization_ids=None))
    refused(house, client, "patch", at(robot.key), {"organization_ids": None})
    made = send(client, "post", KEYS, within(robot.key)).json()
    assert made["organization_ids"] == [str(house.north.pk)]


def test_a_key_gives_no_new_secret_of_a_key_that_lives_longer(house: House) -> None:
    client = program(acting_key(house).secret)
    refused(house, client, "post", at(make_key(house, HELD).key, "rotate/"), {})
    short = make_key(house, HELD, addresses=["127.0.0.1"], expires_at=clock.now() + timedelta(days=1), per_minute=1).key
    assert send(client, "post", at(short, "rotate/"), {}).status_code == 200


def test_a_key_may_narrow_and_revoke_itself(house: House) -> None:
    robot = acting_key(house)
    client = program(robot.secret)
    assert send(client, "patch", at(robot.key), {"per_minute": 30}).status_code == 200
    assert send(client, "post", at(robot.key, "revoke/"), {}).status_code == 200
    assert send(client, "get", KEYS).status_code == 401


def test_keys_made_by_a_key_end_with_the_same_owner(house: House) -> None:
    alice = make_user(house, roles=(make_role(house, *POWERS),))
    robot = key_of(house, alice, *POWERS)
    made = send(program(robot.secret), "post", KEYS, {"name": "Made", "features": list(POWERS)}).json()
    assert made["created_by_id"] == str(alice.pk)
    assert send(program(made["secret"]), "get", KEYS).status_code == 200
    with using_scope(system(house)):
        update_user(alice.pk, is_active=False)
    assert send(program(made["secret"]), "get", KEYS).status_code == 401


def test_many_keys_at_once_are_held_to_the_same_boundary(house: House) -> None:
    ids = [str(make_key(house, HELD).key.pk), str(make_key(house, FOREIGN, addresses=["192.0.2.7"]).key.pk)]
    attempts: list[dict[str, list[str]]] = [{"features": [FOREIGN]}, {"addresses": []}]
    for changes in attempts:
        order = {"action": "update", "ids": ids, "changes": changes}
        assert refused(house, manager_of(house), "post", f"{KEYS}bulk/", order).json()["code"] == BEYOND


def test_the_owner_of_a_key_cannot_be_chosen(house: House) -> None:
    other: User = make_user(house)
    answer = send(manager_of(house), "post", KEYS, {"name": "Shop", "created_by_id": str(other.pk)})
    assert (answer.status_code, complaints(answer)) == (400, {"created_by_id": "read_only"})


def test_the_system_makes_any_key(house: House, roles: None) -> None:
    ids = [issued.key.pk for issued in (make_key(house, roles=["Masters"]), make_key(house), make_key(house, "*"))]
    with using_scope(system(house)):
        for key_id in ids:
            update_api_key(key_id, addresses=["192.0.2.7"])
            update_api_key(key_id, addresses=[])
            rotate_api_key(key_id)
            revoke_api_key(key_id)
    with reading_in(house):
        assert ApiKeySecret.objects.count() == 6
