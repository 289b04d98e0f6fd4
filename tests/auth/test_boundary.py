"""Nobody grants what they do not hold: every way to grant, against every kind of actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.db.models import Model

from apps.auth.errors import GrantBeyondOwn, InvalidGrant, SuperAdminProtected, UserOutOfReach
from apps.auth.models import Role, User
from apps.auth.selectors import access_of, grants_of_role
from apps.auth.services.passwords import set_password
from apps.auth.services.roles import create_role, delete_role, set_role_acl, update_role
from apps.auth.services.users import create_user, delete_user, set_user_acl, set_user_roles, update_user
from apps.kernel.access.grants import Access
from apps.kernel.ids import uuid7
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
)
from tests.support.digests import digest
from tests.support.scopes import House

STRONG = "a long enough password"


@dataclass(frozen=True)
class Stage:
    """A house with a manager who acts, and a colleague and a role that are acted on."""

    house: House
    manager: User
    colleague: User
    role: Role


@pytest.fixture
def stage(house: House) -> Stage:
    """The manager holds user management and one feature more, in the whole house."""
    manager = make_user(house, name="Manager", roles=(make_role(house, *MANAGING, HELD),))
    return Stage(house, manager, make_user(house, name="Colleague"), make_role(house))


@pytest.fixture
def narrow(house: House) -> Stage:
    """The same manager, held to one organization, where the colleague works as well."""
    role = make_role(house, *MANAGING, HELD, organization_ids=[house.north.pk])
    manager = make_user(house, name="Manager", roles=(role,))
    colleague = make_user(house, name="Colleague", home_organization_id=house.north.pk)
    return Stage(house, manager, colleague, make_role(house, organization_ids=[house.north.pk]))


Grant = Callable[[Stage, str], Model]


def by_new_role(stage: Stage, feature: str) -> Model:
    return create_role(name=uuid7().hex, features=[feature])


def by_role_update(stage: Stage, feature: str) -> Model:
    return update_role(stage.role.pk, features=[feature])


def by_role_list(stage: Stage, feature: str) -> Model:
    return set_role_acl(stage.role.pk, features=[feature])


def by_own_list(stage: Stage, feature: str) -> Model:
    return set_user_acl(stage.colleague.pk, features=[feature])


def by_own_list_to_oneself(stage: Stage, feature: str) -> Model:
    return set_user_acl(stage.manager.pk, features=[feature])


def by_membership(stage: Stage, feature: str) -> Model:
    return set_user_roles(stage.colleague.pk, roles=[make_role(stage.house, feature).pk])


def by_membership_in_an_update(stage: Stage, feature: str) -> Model:
    return update_user(stage.colleague.pk, roles=[make_role(stage.house, feature).pk])


def by_membership_of_an_inactive_user(stage: Stage, feature: str) -> Model:
    sleeper = make_user(stage.house, is_active=False)
    return set_user_roles(sleeper.pk, roles=[make_role(stage.house, feature).pk])


def by_new_user(stage: Stage, feature: str) -> Model:
    return create_user(email=f"{uuid7().hex}@example.org", name="New", roles=[make_role(stage.house, feature).pk])


def by_new_inactive_user(stage: Stage, feature: str) -> Model:
    role = make_role(stage.house, feature)
    return create_user(email=f"{uuid7().hex}@example.org", name="New", roles=[role.pk], is_active=False)


def by_activation(stage: Stage, feature: str) -> Model:
    sleeper = make_user(stage.house, is_active=False, roles=(make_role(stage.house, feature),))
    return update_user(sleeper.pk, is_active=True)


def by_confirmation(stage: Stage, feature: str) -> Model:
    sleeper = make_user(stage.house, is_confirmed=False, roles=(make_role(stage.house, feature),))
    return update_user(sleeper.pk, is_confirmed=True)


def by_lifted_denial(stage: Stage, feature: str) -> Model:
    user = make_user(stage.house, roles=(make_role(stage.house, feature),))
    give(stage.house, user, denied_features=[feature])
    return set_user_acl(user.pk)


def by_password(stage: Stage, feature: str) -> Model:
    user = make_user(stage.house, roles=(make_role(stage.house, feature),))
    return set_password(user.pk, password=STRONG)


def by_address(stage: Stage, feature: str) -> Model:
    user = make_user(stage.house, roles=(make_role(stage.house, feature),))
    return update_user(user.pk, email=f"{uuid7().hex}@example.org")


WAYS: list[Grant] = [
    by_new_role,
    by_role_update,
    by_role_list,
    by_own_list,
    by_own_list_to_oneself,
    by_membership,
    by_membership_in_an_update,
    by_membership_of_an_inactive_user,
    by_new_user,
    by_new_inactive_user,
    by_activation,
    by_confirmation,
    by_lifted_denial,
    by_password,
    by_address,
]
each_way = pytest.mark.parametrize("grant", WAYS, ids=lambda item: item.__name__)


def everything_in(house: House) -> dict[str, str]:
    with reading_in(house):
        return digest(*GRANT_TABLES)


@each_way
def test_what_the_actor_holds_may_be_granted(grant: Grant, stage: Stage) -> None:
    with acting_as(stage.house, stage.manager):
        assert grant(stage, HELD).pk is not None


@each_way
@pytest.mark.parametrize("feature", [FOREIGN, "directory.*", "directory.organizations.*", "*"])
def test_what_the_actor_does_not_hold_may_not_be_granted(grant: Grant, feature: str, stage: Stage) -> None:
    with acting_as(stage.house, stage.manager), pytest.raises(GrantBeyondOwn) as refused:
        grant(stage, feature)
    assert feature in refused.value.context["features"]


@each_way
def test_what_the_actor_is_denied_may_not_be_granted(grant: Grant, stage: Stage) -> None:
    give(stage.house, stage.manager, denied_features=[HELD])
    with acting_as(stage.house, stage.manager), pytest.raises(GrantBeyondOwn):
        grant(stage, HELD)


@each_way
def test_a_wildcard_with_a_denial_inside_may_not_be_granted(grant: Grant, stage: Stage) -> None:
    give(stage.house, stage.manager, "directory.*", denied_features=[FOREIGN])
    with acting_as(stage.house, stage.manager), pytest.raises(GrantBeyondOwn):
        grant(stage, "directory.*")


@each_way
def test_the_feature_of_management_alone_grants_nothing(grant: Grant, stage: Stage) -> None:
    clerk = make_user(stage.house, roles=(make_role(stage.house, *MANAGING),))
    with acting_as(stage.house, clerk), pytest.raises(GrantBeyondOwn):
        grant(replace(stage, manager=clerk), HELD)


@each_way
def test_a_super_admin_may_grant_anything(grant: Grant, stage: Stage) -> None:
    owner = make_user(stage.house, roles=(make_role(stage.house, is_super_admin=True),))
    with acting_as(stage.house, owner):
        assert grant(stage, "*").pk is not None


def test_a_refused_grant_leaves_nothing_behind(stage: Stage) -> None:
    before = everything_in(stage.house)
    with acting_as(stage.house, stage.manager), pytest.raises(GrantBeyondOwn):
        create_role(name="Mighty", features=[FOREIGN])
    assert everything_in(stage.house) == before


def test_what_is_there_already_may_stay_when_the_actor_lacks_it(stage: Stage) -> None:
    role = make_role(stage.house, FOREIGN)
    with acting_as(stage.house, stage.manager):
        update_role(role.pk, features=[FOREIGN, HELD])
    with reading_in(stage.house):
        assert grants_of_role(role.pk).features == {FOREIGN, HELD}


def test_what_the_actor_lacks_may_be_taken_away(stage: Stage) -> None:
    role = make_role(stage.house, FOREIGN)
    with acting_as(stage.house, stage.manager):
        set_role_acl(role.pk, features=[])
    with reading_in(stage.house):
        assert grants_of_role(role.pk).features == frozenset()


def test_implied_features_need_to_be_held_as_well(stage: Stage) -> None:
    give(stage.house, stage.manager, denied_features=["auth.roles.view"])
    with acting_as(stage.house, stage.manager), pytest.raises(GrantBeyondOwn) as refused:
        set_user_acl(stage.colleague.pk, features=["auth.users.manage"])
    assert refused.value.context["features"] == ["auth.roles.view"]


Widen = Callable[[Stage], Model]


def role_everywhere(stage: Stage) -> Model:
    return create_role(name="Wide", features=[HELD], organization_ids=None)


def empty_role_everywhere(stage: Stage) -> Model:
    return create_role(name="Wide", organization_ids=None)


def role_elsewhere(stage: Stage) -> Model:
    return create_role(name="South", features=[HELD], organization_ids=[stage.house.south.pk])


def wider_role(stage: Stage) -> Model:
    return update_role(stage.role.pk, organization_ids=[stage.house.north.pk, stage.house.south.pk])


def role_above(stage: Stage) -> Model:
    return set_role_acl(stage.role.pk, features=[], organization_ids=[stage.house.root.pk])


def wider_own_list(stage: Stage) -> Model:
    return set_user_acl(stage.colleague.pk, organization_ids=[stage.house.south.pk])


def membership_everywhere(stage: Stage) -> Model:
    return set_user_roles(stage.colleague.pk, roles=[make_role(stage.house, HELD).pk])


def own_list_taken_away(stage: Stage) -> Model:
    home = stage.house.north.pk
    user = make_user(stage.house, roles=(make_role(stage.house, HELD),), home_organization_id=home)
    give(stage.house, user, organization_ids=[home])
    return set_user_acl(user.pk)


def feature_for_a_wider_role(stage: Stage) -> Model:
    return set_role_acl(make_role(stage.house).pk, features=[HELD], organization_ids=None)


def home_elsewhere(stage: Stage) -> Model:
    return update_user(stage.colleague.pk, home_organization_id=stage.house.south.pk)


def password_of_a_wider_user(stage: Stage) -> Model:
    home = stage.house.north.pk
    user = make_user(stage.house, roles=(make_role(stage.house, HELD),), home_organization_id=home)
    return set_password(user.pk, password=STRONG)


WIDER: list[Widen] = [
    role_everywhere,
    empty_role_everywhere,
    role_elsewhere,
    wider_role,
    role_above,
    wider_own_list,
    membership_everywhere,
    own_list_taken_away,
    feature_for_a_wider_role,
    home_elsewhere,
    password_of_a_wider_user,
]


@pytest.mark.parametrize("widen", WIDER, ids=lambda item: item.__name__)
def test_organizations_beyond_the_actors_may_not_be_granted(widen: Widen, narrow: Stage) -> None:
    with acting_as(narrow.house, narrow.manager), pytest.raises((GrantBeyondOwn, InvalidGrant)) as refused:
        widen(narrow)
    assert refused.value.context.get("organizations", True) is True


@pytest.mark.parametrize("widen", WIDER, ids=lambda item: item.__name__)
def test_an_actor_of_the_whole_house_may_grant_them(widen: Widen, stage: Stage) -> None:
    with acting_as(stage.house, stage.manager):
        assert widen(stage).pk is not None


def test_organizations_below_the_actors_own_may_be_granted(house: House) -> None:
    manager = make_user(house, roles=(make_role(house, *MANAGING, organization_ids=[house.root.pk]),))
    with acting_as(house, manager):
        role = create_role(name="North only", organization_ids=[house.north.pk])
    with reading_in(house):
        assert grants_of_role(role.pk).organization_ids == frozenset({house.north.pk})


def test_a_role_made_by_a_narrow_actor_reaches_as_far_as_they_do(narrow: Stage) -> None:
    with acting_as(narrow.house, narrow.manager):
        role = create_role(name="Here", features=[HELD])
    with reading_in(narrow.house):
        assert grants_of_role(role.pk).organization_ids == frozenset({narrow.house.north.pk})


def test_new_organizations_need_every_feature_that_comes_to_hold_there(house: House) -> None:
    manager = make_user(house, roles=(make_role(house, *MANAGING),))
    role = make_role(house, HELD, organization_ids=[house.north.pk])
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn) as refused:
        update_role(role.pk, organization_ids=[house.north.pk, house.south.pk])
    assert refused.value.context["features"] == [HELD]


def test_a_narrow_actor_does_not_reach_users_of_other_organizations(narrow: Stage) -> None:
    elsewhere = make_user(narrow.house, home_organization_id=narrow.house.south.pk)
    with acting_as(narrow.house, narrow.manager):
        with pytest.raises(UserOutOfReach):
            update_user(elsewhere.pk, name="X")
        with pytest.raises(UserOutOfReach):
            delete_user(elsewhere.pk)


def test_a_narrow_actor_reaches_themselves(narrow: Stage) -> None:
    with acting_as(narrow.house, narrow.manager):
        assert update_user(narrow.manager.pk, name="Me").name == "Me"


Touch = Callable[[User, Role], object]
TOUCHES: dict[str, Touch] = {
    "update": lambda user, role: update_user(user.pk, name="X"),
    "deactivate": lambda user, role: update_user(user.pk, is_active=False),
    "delete": lambda user, role: delete_user(user.pk),
    "password": lambda user, role: set_password(user.pk, password=STRONG),
    "roles": lambda user, role: set_user_roles(user.pk, roles=[]),
    "list": lambda user, role: set_user_acl(user.pk, denied_features=[HELD]),
    "role's name": lambda user, role: update_role(role.pk, name="X"),
    "role's grants": lambda user, role: set_role_acl(role.pk, features=[]),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_nobody_but_a_super_admin_touches_one(touch: str, stage: Stage) -> None:
    role = make_role(stage.house, is_super_admin=True)
    owner = make_user(stage.house, roles=(role,))
    with acting_as(stage.house, stage.manager), pytest.raises(SuperAdminProtected):
        TOUCHES[touch](owner, role)


def test_nobody_but_a_super_admin_deletes_a_role_of_theirs(stage: Stage) -> None:
    role = make_role(stage.house, is_super_admin=True)
    with acting_as(stage.house, stage.manager), pytest.raises(SuperAdminProtected):
        delete_role(role.pk)


@pytest.mark.parametrize("touch", TOUCHES)
def test_a_super_admin_touches_another(touch: str, stage: Stage) -> None:
    role = make_role(stage.house, is_super_admin=True)
    owner, other = (make_user(stage.house, roles=(role,)) for _ in range(2))
    with acting_as(stage.house, owner):
        TOUCHES[touch](other, role)


@pytest.mark.parametrize("way", ["role", "list", "membership"])
def test_nobody_but_a_super_admin_makes_one(way: str, stage: Stage) -> None:
    with acting_as(stage.house, stage.manager), pytest.raises(GrantBeyondOwn) as refused:
        if way == "role":
            create_role(name="Mighty", is_super_admin=True)
        elif way == "list":
            set_user_acl(stage.manager.pk, is_super_admin=True)
        else:
            set_user_roles(stage.manager.pk, roles=[make_role(stage.house, is_super_admin=True).pk])
    assert refused.value.context["super_admin"] is True


@pytest.mark.parametrize("grant", ["nobody.declared.this", "portal.orders.view", "portal.*", "auth", "auth.use*"])
def test_a_grant_that_names_nothing_is_refused_by_field(grant: str, stage: Stage) -> None:
    owner = make_user(stage.house, roles=(make_role(stage.house, is_super_admin=True),))
    with acting_as(stage.house, owner), pytest.raises(InvalidGrant) as refused:
        set_user_acl(stage.colleague.pk, features=[grant], denied_features=[grant])
    assert [item.field for item in refused.value.errors] == ["features", "denied_features"]


def test_an_organization_of_another_tenant_cannot_be_granted(stage: Stage, other_house: House) -> None:
    with acting_as(stage.house, stage.manager), pytest.raises(InvalidGrant) as refused:
        create_role(name="Foreign", organization_ids=[other_house.root.pk])
    assert [item.field for item in refused.value.errors] == ["organization_ids"]


def test_a_role_without_its_list_grants_nothing(house: House) -> None:
    user = make_user(house, roles=(make_role(house),))
    with reading_in(house):
        assert access_of(user.pk) == Access(organization_ids=None)
