"""Arithmetic of grants, as tables."""

from __future__ import annotations

from uuid import UUID

import pytest

from apps.auth.calculations import Gain, GrantList, gain, holds, merged, role_access, spelled_out
from apps.kernel.access.grants import Access

NORTH, SOUTH = UUID(int=1), UUID(int=2)
USERS, ROLES = "auth.users.view", "auth.roles.view"


def listed(*features: str, denied: tuple[str, ...] = (), orgs: set[UUID] | None = None, **more: object) -> GrantList:
    organizations = None if orgs is None else frozenset(orgs)
    return GrantList(frozenset(features), frozenset(denied), organization_ids=organizations, **more)  # type: ignore[arg-type]


def test_roles_and_own_list_come_together() -> None:
    access = merged([listed(USERS, source="role A"), listed(ROLES, source="role B")], listed("auth.acl.manage"))
    assert all(access.allows(feature) for feature in (USERS, ROLES, "auth.acl.manage"))


def test_a_denial_wins_over_every_grant() -> None:
    access = merged([listed("auth.*"), listed(USERS)], listed(USERS, denied=(USERS,)))
    assert (access.allows(USERS), access.allows(ROLES)) == (False, True)


def test_a_denied_wildcard_takes_everything_below() -> None:
    access = merged([listed("*")], listed(denied=("auth.users.*",)))
    assert (access.allows("auth.users.manage"), access.allows(USERS), access.allows(ROLES)) == (False, False, True)


def test_what_a_grant_implies_comes_with_it() -> None:
    access = role_access(listed("auth.users.manage", source="role A"))
    assert access.allows(USERS)
    assert access.explain(USERS).source == "role A (auth.users.manage)"


def test_a_wildcard_brings_what_the_features_below_it_imply() -> None:
    assert role_access(listed("auth.users.*")).allows(ROLES)


def test_what_is_denied_implies_nothing() -> None:
    access = merged([listed("auth.users.*", "auth.sessions.manage")], listed(denied=("auth.users.manage",)))
    assert (access.allows(USERS), access.allows(ROLES)) == (True, False)


def test_roles_are_known_by_their_system_keys_only() -> None:
    access = merged([listed(system_key="admin"), listed(source="role superadmin")], None)
    assert access.roles == {"admin"}


@pytest.mark.parametrize(
    ("roles", "own", "expected"),
    [
        ([], None, set()),
        ([{NORTH}], None, {NORTH}),
        ([{NORTH}, {SOUTH}], None, {NORTH, SOUTH}),
        ([{NORTH}, None], None, None),
        ([None], {NORTH}, {NORTH}),
        ([None], set(), set()),
        ([{NORTH}], {SOUTH}, {SOUTH}),
    ],
)
def test_organizations_are_the_own_list_or_else_all_roles(
    roles: list[set[UUID] | None], own: set[UUID] | None, expected: set[UUID] | None
) -> None:
    access = merged([listed(USERS, orgs=item) for item in roles], listed(orgs=own) if own is not None else None)
    assert access.organization_ids == expected


def test_an_own_list_without_organizations_leaves_them_to_the_roles() -> None:
    assert merged([listed(orgs={NORTH})], listed(USERS)).organization_ids == frozenset({NORTH})


def test_a_super_admin_sees_every_organization() -> None:
    assert merged([listed(orgs={NORTH}, is_super_admin=True)], None).organization_ids is None


@pytest.mark.parametrize(
    ("granted", "denied", "wanted", "expected"),
    [
        ({"auth.*"}, (), USERS, True),
        ({"auth.*"}, (), "auth.users.*", True),
        ({"auth.users.*"}, (), "auth.*", False),
        ({"auth.*"}, (), "*", False),
        ({"*"}, (), "*", True),
        ({"*"}, (), "auth.*", True),
        ({"*"}, ("auth.users.view",), "*", False),
        ({"*"}, ("auth.users.view",), "auth.*", False),
        ({"*"}, ("auth.users.view",), "auth.roles.*", True),
        ({"*"}, ("auth.*",), USERS, False),
        ({USERS}, (), "auth.users", False),
        ({"*"}, (), "portal.orders.view", False),
        (set(), (), USERS, False),
    ],
)
def test_holding_a_grant_means_the_whole_of_it(
    granted: set[str], denied: tuple[str, ...], wanted: str, expected: bool
) -> None:
    assert holds(Access(granted=frozenset(granted), denied=frozenset(denied)), wanted) is expected


def test_a_super_admin_holds_every_staff_grant_and_no_customers_one() -> None:
    mighty = Access(is_super_admin=True)
    assert (holds(mighty, "*"), holds(mighty, "portal.orders.view")) == (True, False)


ONE = listed(USERS, orgs={NORTH})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (ONE, ONE, Gain()),
        (ONE, listed(orgs={NORTH}), Gain()),
        (ONE, listed(USERS, orgs=set()), Gain()),
        (ONE, listed(USERS, ROLES, orgs={NORTH}), Gain(features=frozenset({ROLES}))),
        (listed("auth.*", orgs={NORTH}), ONE, Gain()),
        (ONE, listed(USERS, orgs={NORTH, SOUTH}), Gain(organizations=True)),
        (ONE, listed(USERS), Gain(organizations=True)),
        (listed(USERS), listed(USERS, orgs={SOUTH}), Gain()),
        (listed(), listed(is_super_admin=True), Gain(super_admin=True)),
        (listed(is_super_admin=True), listed("*"), Gain()),
    ],
)
def test_a_gain_is_what_was_not_there_before(before: GrantList, after: GrantList, expected: Gain) -> None:
    assert gain(role_access(before), role_access(after)) == expected


@pytest.mark.parametrize(
    ("granted", "denied", "expected"),
    [
        ("auth.*", USERS, {USERS}),
        (USERS, "auth.*", {USERS}),
        (ROLES, USERS, set()),
        ("auth.*", "auth.users.*", {"auth.users.*"}),
    ],
)
def test_a_lifted_denial_is_a_gain_of_what_it_held_back(granted: str, denied: str, expected: set[str]) -> None:
    roles = [listed(granted)]
    before, after = merged(roles, listed(denied=(denied,))), merged(roles, None)
    assert gain(before, after).features == expected


def test_grants_are_spelled_out_where_a_denial_cuts_into_them() -> None:
    access = merged([listed("auth.roles.*", "directory.*")], listed(denied=("auth.roles.manage",)))
    assert spelled_out(access) == {"directory.*", ROLES}
