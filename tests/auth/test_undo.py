"""Undo is no way round the grant boundary: what it would give back, the actor must hold."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from apps.auth.errors import GrantBeyondOwn, InvalidGrant, SuperAdminProtected, UserOutOfReach
from apps.auth.models import Role, User
from apps.auth.selectors import access_of
from apps.auth.services.roles import create_role, delete_role, set_role_acl, update_role
from apps.auth.services.users import create_user, delete_user, set_user_acl, set_user_roles, update_user
from apps.kernel.commands.declarations import command
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import FeatureRequired, PlatformError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, using_scope
from tests.auth.factories import (
    FOREIGN,
    GRANT_TABLES,
    HELD,
    MANAGING,
    acting_as,
    give,
    make_role,
    make_user,
    reading_in,
    system,
)
from tests.support.digests import digest
from tests.support.scopes import House

UNDOING = ("audit_logs.*",)
Take = Callable[[House], object]


def taken(house: House, take: Take) -> UUID:
    """Let the system do it, and hand back the action."""
    with using_scope(system(house)), collecting_actions() as actions:
        take(house)
    return actions[-1]


def role_list_emptied(house: House, *features: str) -> UUID:
    role = make_role(house, *features)
    return taken(house, lambda _: set_role_acl(role.pk, features=[]))


def own_list_emptied(house: House, *features: str) -> UUID:
    user = make_user(house, roles=(make_role(house),))
    give(house, user, *features)
    return taken(house, lambda _: set_user_acl(user.pk))


def denial_added(house: House, *features: str) -> UUID:
    user = make_user(house, roles=(make_role(house, *features),))
    return taken(house, lambda _: set_user_acl(user.pk, denied_features=features))


def membership_ended(house: House, *features: str) -> UUID:
    user = make_user(house, roles=(make_role(house, *features),))
    return taken(house, lambda _: set_user_roles(user.pk, roles=[]))


def role_deleted(house: House, *features: str) -> UUID:
    role = make_role(house, *features)
    return taken(house, lambda _: delete_role(role.pk))


def user_deleted(house: House, *features: str) -> UUID:
    user = make_user(house, roles=(make_role(house, *features),))
    return taken(house, lambda _: delete_user(user.pk))


def user_deactivated(house: House, *features: str) -> UUID:
    user = make_user(house, roles=(make_role(house, *features),))
    return taken(house, lambda _: update_user(user.pk, is_active=False))


def address_changed(house: House, *features: str) -> UUID:
    user = make_user(house, roles=(make_role(house, *features),))
    return taken(house, lambda _: update_user(user.pk, email=f"{uuid7().hex}@example.org"))


def creation_undone(house: House, *features: str) -> UUID:
    role = make_role(house, *features)
    made = taken(house, lambda _: create_user(email=f"{uuid7().hex}@example.org", name="New", roles=[role.pk]))
    return taken(house, lambda _: undo(made))


def role_creation_undone(house: House, *features: str) -> UUID:
    made = taken(house, lambda _: create_role(name=uuid7().hex, features=features, organization_ids=None))
    return taken(house, lambda _: undo(made))


TAKEN = [
    role_list_emptied,
    own_list_emptied,
    denial_added,
    membership_ended,
    role_deleted,
    user_deleted,
    user_deactivated,
    address_changed,
    creation_undone,
    role_creation_undone,
]
each_taken = pytest.mark.parametrize("take", TAKEN, ids=lambda item: item.__name__)


@pytest.fixture
def manager(house: House) -> User:
    return make_user(house, roles=(make_role(house, *MANAGING, *UNDOING, HELD),))


@each_taken
def test_undo_gives_back_what_the_actor_holds(take: Callable[..., UUID], house: House, manager: User) -> None:
    action = take(house, HELD)
    with acting_as(house, manager):
        assert undo(action).pk == action


@each_taken
def test_undo_gives_nothing_back_that_the_actor_lacks(take: Callable[..., UUID], house: House, manager: User) -> None:
    action = take(house, FOREIGN)
    with reading_in(house):
        before = digest(*GRANT_TABLES)
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn) as refused:
        undo(action)
    assert refused.value.context["features"] == [FOREIGN]
    with reading_in(house):
        assert digest(*GRANT_TABLES) == before


@each_taken
def test_undo_gives_nothing_back_in_organizations_beyond_the_actors(take: Callable[..., UUID], house: House) -> None:
    role = make_role(house, *MANAGING, *UNDOING, HELD, organization_ids=[house.north.pk])
    narrow = make_user(house, roles=(role,))
    action = take(house, HELD)
    with acting_as(house, narrow), pytest.raises((GrantBeyondOwn, UserOutOfReach, InvalidGrant)):
        undo(action)


@each_taken
def test_the_system_undoes_anything(take: Callable[..., UUID], house: House) -> None:
    action = take(house, FOREIGN)
    with using_scope(system(house)):
        assert undo(action).pk == action


def example(scope: Scope) -> dict[str, UUID]:
    return {"user_id": create_user(email=f"{uuid7().hex}@example.org", name="New").pk}


@command("tests.staff.confine", open_reason="a probe of the tests", resource="auth.user", example=example)
def confine(user_id: UUID, *, organization_id: UUID) -> None:
    """Take the roles and set a list of organizations, in one action."""
    set_user_acl(user_id, organization_ids=[organization_id])
    set_user_roles(user_id, roles=[])


def test_a_list_that_goes_with_the_undo_does_not_hide_how_far_a_role_reaches(house: House) -> None:
    narrow = make_user(house, roles=(make_role(house, *MANAGING, *UNDOING, HELD, organization_ids=[house.north.pk]),))
    user = make_user(house, roles=(make_role(house, HELD),), home_organization_id=house.north.pk)
    action = taken(house, lambda _: confine(user.pk, organization_id=house.north.pk))
    with acting_as(house, narrow), pytest.raises(GrantBeyondOwn) as refused:
        undo(action)
    assert refused.value.context["organizations"] is True


def test_undo_makes_nobody_a_super_admin(house: House, manager: User) -> None:
    user = make_user(house)
    give(house, user, is_super_admin=True)
    action = taken(house, lambda _: set_user_acl(user.pk))
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn) as refused:
        undo(action)
    assert refused.value.context["super_admin"] is True


def test_undo_does_not_touch_a_super_admin(house: House, manager: User) -> None:
    role = make_role(house, is_super_admin=True)
    owner = make_user(house, roles=(role,))
    for take in (
        lambda _: update_user(owner.pk, name="Renamed"),
        lambda _: set_user_acl(owner.pk, denied_features=[HELD]),
        lambda _: update_role(role.pk, name="Renamed"),
    ):
        action = taken(house, take)
        with acting_as(house, manager), pytest.raises(SuperAdminProtected):
            undo(action)


def test_a_home_comes_back_whoever_lives_there(house: House, manager: User) -> None:
    role = make_role(house, is_super_admin=True)
    owner = make_user(house, roles=(role,), home_organization_id=house.north.pk)
    action = taken(house, lambda _: update_user(owner.pk, home_organization_id=None))
    with acting_as(house, manager):
        undo(action)
    with reading_in(house):
        assert User.objects.get(pk=owner.pk).home_organization_id == house.north.pk


def test_giving_a_list_back_needs_the_feature_for_lists(house: House) -> None:
    clerk = make_user(house, roles=(make_role(house, "auth.roles.*", *UNDOING, HELD),))
    role = make_role(house, HELD)
    with using_scope(system(house)), collecting_actions() as actions:
        update_role(role.pk, features=[])
    with acting_as(house, clerk), pytest.raises(FeatureRequired) as refused:
        undo(actions[-1])
    assert refused.value.context["feature"] == "auth.acl.manage"


def test_a_taken_grant_comes_back_whole(house: House) -> None:
    user = make_user(house, roles=(make_role(house, HELD, organization_ids=[house.north.pk]),))
    give(house, user, "auth.users.view", denied_features=["auth.roles.view"], organization_ids=[house.south.pk])
    with reading_in(house):
        before = access_of(user.pk)
    action = taken(house, lambda _: set_user_acl(user.pk))
    with using_scope(system(house)):
        undo(action)
    with reading_in(house):
        assert access_of(user.pk) == before


def test_an_address_taken_meanwhile_stands_in_the_way(house: House) -> None:
    user = make_user(house, email="ada@example.org")
    action = taken(house, lambda _: delete_user(user.pk))
    make_user(house, email="ada@example.org")
    with using_scope(system(house)), pytest.raises(PlatformError) as refused:
        undo(action)
    assert refused.value.code == "audit_logs.undo.conflict"


def test_a_deleted_role_comes_back_with_its_list(house: House) -> None:
    role = make_role(house, HELD, name="Back again")
    action = taken(house, lambda _: delete_role(role.pk))
    with using_scope(system(house)):
        undo(action)
    with reading_in(house):
        assert Role.objects.get(pk=role.pk).acls.get().features == [HELD]
