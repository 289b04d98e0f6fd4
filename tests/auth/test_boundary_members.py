"""Another list of a role may not give its members, with all that they hold beside it, what the actor does not hold."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.auth.errors import GrantBeyondOwn
from apps.auth.models import Role, User
from apps.auth.selectors import access_of
from apps.auth.services.key_access import access_of_key
from apps.auth.services.roles import delete_role, set_role_acl, update_role
from apps.auth.services.users import delete_user
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import GRANT_TABLES, MANAGING, acting_as, give, make_role, make_user, reading_in, system
from tests.auth.programs import make_key
from tests.support.digests import digest
from tests.support.scopes import House

HELD, FOREIGN = "currencies.view", "directory.organizations.manage"


@pytest.fixture
def manager(house: House) -> User:
    """Somebody who manages everywhere, and holds HELD and not FOREIGN."""
    return make_user(house, name="Manager", roles=(make_role(house, *MANAGING, HELD, "audit_logs.*"),))


@pytest.fixture
def plain(house: House) -> Role:
    """A role that the manager could hand to anybody, in one organization."""
    return make_role(house, HELD, organization_ids=[house.north.pk])


Widen = Callable[[Role, list[UUID]], object]


def by_list(role: Role, places: list[UUID]) -> object:
    return set_role_acl(role.pk, organization_ids=places)


def by_update(role: Role, places: list[UUID]) -> object:
    return update_role(role.pk, organization_ids=places)


each_way = pytest.mark.parametrize("widen", [by_list, by_update])


@each_way
def test_a_member_with_another_role_gains_no_place_for_it(
    house: House, manager: User, plain: Role, widen: Widen
) -> None:
    other = make_role(house, FOREIGN, organization_ids=[house.north.pk])
    both = make_user(house, roles=(plain, other))
    before = digest(*GRANT_TABLES)
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn) as refused:
        widen(plain, [house.north.pk, house.south.pk])
    assert refused.value.context["features"] == [FOREIGN, "directory.organizations.view"]
    assert [item.field for item in refused.value.errors] == ["organization_ids"]
    assert digest(*GRANT_TABLES) == before
    with reading_in(house):
        assert access_of(both.pk).organization_ids == frozenset({house.north.pk})


@each_way
def test_a_member_with_a_list_of_their_own_gains_no_place_for_it(
    house: House, manager: User, plain: Role, widen: Widen
) -> None:
    give(house, make_user(house, roles=(plain,), is_active=False), FOREIGN)
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn):
        widen(plain, [house.north.pk, house.south.pk])


@each_way
def test_a_key_with_another_role_gains_no_place_for_it(house: House, manager: User, plain: Role, widen: Widen) -> None:
    other = make_role(house, FOREIGN, organization_ids=[house.north.pk])
    key = make_key(house, roles=[plain.pk, other.pk]).key
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn):
        widen(plain, [house.north.pk, house.south.pk])
    with reading_in(house):
        assert access_of_key(key.pk).organization_ids == frozenset({house.north.pk})


def test_a_member_elsewhere_gains_no_feature_there(house: House, plain: Role) -> None:
    narrow = make_role(house, *MANAGING, HELD, "currencies.manage", organization_ids=[house.north.pk])
    manager = make_user(house, roles=(narrow,))
    elsewhere = make_role(house, organization_ids=[house.south.pk])
    make_user(house, roles=(plain, elsewhere))
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn) as refused:
        set_role_acl(plain.pk, features=[HELD, "currencies.manage"])
    assert refused.value.context["organizations"] is True


@each_way
def test_members_who_hold_nothing_else_are_no_hindrance(house: House, manager: User, plain: Role, widen: Widen) -> None:
    fixed = make_user(house, roles=(plain, make_role(house, FOREIGN)))  # everywhere already
    listed = make_user(house, roles=(plain, make_role(house, FOREIGN, organization_ids=[house.north.pk])))
    give(house, listed, organization_ids=[house.north.pk])  # the own list decides, whatever the roles say
    make_user(house, roles=(plain,))
    with acting_as(house, manager):
        widen(plain, [house.north.pk, house.south.pk])
    with reading_in(house):
        assert access_of(fixed.pk).organization_ids is None
        assert access_of(listed.pk).organization_ids == frozenset({house.north.pk})


def test_deleted_members_and_revoked_keys_are_no_hindrance(house: House, manager: User, plain: Role) -> None:
    gone = make_user(house, roles=(plain, make_role(house, FOREIGN, organization_ids=[house.north.pk])))
    with using_scope(system(house)):
        delete_user(gone.pk)
    with acting_as(house, manager):
        set_role_acl(plain.pk, organization_ids=None)


def narrowed(house: House, role: Role) -> UUID:
    """Let the system narrow the role, and hand back the action."""
    with using_scope(system(house)), collecting_actions() as actions:
        set_role_acl(role.pk, organization_ids=[house.north.pk])
    return actions[-1]


def test_undo_gives_members_no_place_either(house: House, manager: User) -> None:
    role = make_role(house, HELD)
    make_user(house, roles=(role, make_role(house, FOREIGN, organization_ids=[house.north.pk])))
    action = narrowed(house, role)
    before = digest(*GRANT_TABLES)
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn):
        undo(action)
    assert digest(*GRANT_TABLES) == before


def test_undo_gives_members_what_the_actor_holds(house: House, manager: User) -> None:
    role = make_role(house, HELD)
    user = make_user(house, roles=(role, make_role(house, "currencies.view", organization_ids=[house.north.pk])))
    action = narrowed(house, role)
    with acting_as(house, manager):
        undo(action)
    with reading_in(house):
        assert access_of(user.pk).organization_ids is None


def test_a_role_that_comes_back_gives_a_living_member_no_place(house: House, manager: User) -> None:
    role = make_role(house, HELD)
    user = make_user(house, roles=(role, make_role(house, FOREIGN, organization_ids=[house.north.pk])))
    with using_scope(system(house)), collecting_actions() as actions:
        delete_user(user.pk)
        delete_role(role.pk)
        undo(actions[0])
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn):
        undo(actions[1])


def test_members_cost_the_same_for_one_and_for_many(house: House, manager: User, plain: Role) -> None:
    def cost(places: list[UUID]) -> int:
        with acting_as(house, manager), CaptureQueriesContext(connection) as queries:
            set_role_acl(plain.pk, organization_ids=places)
        return len(queries)

    make_user(house, roles=(plain, make_role(house, HELD)))
    few = cost([house.north.pk, house.south.pk])
    for _ in range(20):
        make_user(house, roles=(plain, make_role(house, HELD)))
    assert cost([house.north.pk, house.south.pk, house.root.pk]) == few
