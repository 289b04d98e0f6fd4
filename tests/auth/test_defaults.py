"""Roles of a new tenant, and defaults that are given once."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from apps.auth import setup
from apps.auth.models import Role, RoleDefault
from apps.auth.selectors import grants_of_role
from apps.auth.services.defaults import declared_defaults, sync_role_defaults
from apps.auth.services.roles import set_role_acl
from apps.kernel.errors import FeatureRequired
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import acting_as, make_role, make_user, reading_in, system
from tests.support.digests import digest
from tests.support.scopes import House

TABLES = ("staff_role", "staff_role_acl", "staff_role_default")


def system_role(house: House, key: str) -> Role:
    with reading_in(house):
        role: Role = Role.objects.get(system_key=key)
        return role


def features_of(house: House, role: Role) -> frozenset[str]:
    with reading_in(house):
        return grants_of_role(role.pk).features


@pytest.fixture
def equipped(house: House) -> House:
    setup.on_tenant_created(system(house))
    return house


@pytest.fixture
def declared() -> Iterator[ModuleType]:
    """The module's own declaration, put back after a test has changed it."""
    former = {key: list(features) for key, features in setup.default_role_features.items()}
    yield setup
    setup.default_role_features.clear()
    setup.default_role_features.update(former)


def test_a_new_tenant_gets_the_system_roles_with_every_modules_defaults(equipped: House) -> None:
    defaults = declared_defaults()
    for key in ("superadmin", "admin", "employee"):
        role = system_role(equipped, key)
        assert features_of(equipped, role) == defaults.get(key, frozenset())
        with reading_in(equipped):
            assert grants_of_role(role.pk).is_super_admin is (key == "superadmin")


def test_set_up_twice_changes_nothing(equipped: House) -> None:
    with reading_in(equipped):
        before = digest(*TABLES)
    setup.on_tenant_created(system(equipped))
    with reading_in(equipped):
        assert digest(*TABLES) == before


def test_a_later_default_is_added_to_what_is_there(equipped: House, declared: ModuleType) -> None:
    admin = system_role(equipped, "admin")
    before = features_of(equipped, admin)
    declared.default_role_features["admin"].append("directory.tenants.view")
    with using_scope(system(equipped)):
        granted = sync_role_defaults()
    assert granted == {admin.name: ["directory.tenants.view"]}
    assert features_of(equipped, admin) == before | {"directory.tenants.view"}


def test_what_somebody_took_away_is_not_given_back(equipped: House) -> None:
    admin = system_role(equipped, "admin")
    with using_scope(system(equipped)):
        set_role_acl(admin.pk, features=["auth.users.view"])
        assert sync_role_defaults() == {}
    assert features_of(equipped, admin) == {"auth.users.view"}


def test_what_somebody_gave_already_is_remembered_as_given(equipped: House, declared: ModuleType) -> None:
    employee = system_role(equipped, "employee")
    with using_scope(system(equipped)):
        set_role_acl(employee.pk, features=["auth.users.view"])
        declared.default_role_features["employee"].append("auth.users.view")
        sync_role_defaults()
        set_role_acl(employee.pk, features=[])
        sync_role_defaults()
    assert features_of(equipped, employee) == frozenset()


def test_user_is_another_word_for_employee(declared: ModuleType) -> None:
    declared.default_role_features["user"] = ["auth.users.view"]
    assert "auth.users.view" in declared_defaults()["employee"]
    assert "user" not in declared_defaults()


def test_a_role_of_ones_own_is_found_by_its_name(equipped: House, declared: ModuleType) -> None:
    role = make_role(equipped, name="Auditors")
    declared.default_role_features["Auditors"] = ["auth.users.view"]
    with using_scope(system(equipped)):
        sync_role_defaults()
    assert features_of(equipped, role) == {"auth.users.view"}


@pytest.mark.parametrize("name", ["superadmin", "admin", "employee", "user"])
def test_calling_a_role_like_a_system_role_makes_it_none(name: str, equipped: House) -> None:
    role = make_role(equipped, name=name)
    with using_scope(system(equipped)):
        sync_role_defaults()
    assert features_of(equipped, role) == frozenset()


def test_a_taken_name_does_not_stop_set_up(house: House) -> None:
    make_role(house, name="Administrator")
    setup.on_tenant_created(system(house))
    assert system_role(house, "admin").name == "Administrator (admin)"


def test_only_the_system_synchronizes(house: House) -> None:
    owner = make_user(house, roles=(make_role(house, is_super_admin=True),))
    with acting_as(house, owner), pytest.raises(FeatureRequired):
        sync_role_defaults()
    with reading_in(house):
        assert not RoleDefault.objects.exists()
