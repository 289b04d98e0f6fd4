"""The service `auth.rbac`: the guards' decision for other modules."""

from __future__ import annotations

from typing import Any

import pytest

from apps.auth.contracts import Rbac
from apps.auth.models import User
from apps.auth.selectors import access_of, explain
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import service, service_named
from tests.auth.factories import give, make_role, make_user, reading_in
from tests.support.scopes import House

VIEW, MANAGE = "auth.users.view", "auth.users.manage"


def has(house: House, user: User, *features: str, **where: object) -> bool:
    with reading_in(house):
        given = {"tenant_id": house.tenant.pk, **where}
        return service(Rbac).user_has_all_features(user.pk, features, **given)  # type: ignore[arg-type]


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, roles=(make_role(house, MANAGE, name="Sales", organization_ids=[house.north.pk]),))


def test_both_names_lead_to_it() -> None:
    assert service_named("auth.rbac") is service_named("rbacService") is service(Rbac)


def test_all_features_must_be_held(house: House, bob: User) -> None:
    assert has(house, bob, MANAGE, VIEW)
    assert not has(house, bob, MANAGE, "auth.acl.manage")


def test_nothing_wanted_is_always_held(house: House, bob: User) -> None:
    assert has(house, bob)


def test_another_tenant_is_false(house: House, other_house: House, bob: User) -> None:
    assert not has(house, bob, tenant_id=other_house.tenant.pk)


def test_an_organization_outside_the_list_is_false(house: House, bob: User) -> None:
    assert has(house, bob, VIEW, organization_id=house.north.pk)
    assert not has(house, bob, VIEW, organization_id=house.south.pk)


def test_an_organization_below_the_list_is_true(house: House) -> None:
    user = make_user(house, roles=(make_role(house, VIEW, organization_ids=[house.root.pk]),))
    assert has(house, user, VIEW, organization_id=house.south.pk)


def test_a_super_admin_holds_everything_everywhere(house: House, bob: User) -> None:
    give(house, bob, is_super_admin=True, organization_ids=[house.north.pk])
    assert has(house, bob, "auth.acl.manage", organization_id=house.south.pk)


@pytest.mark.parametrize("values", [{"is_active": False}, {"deleted_at": "2026-01-01T00:00:00Z"}])
def test_who_does_not_work_here_holds_nothing(values: dict[str, Any], house: House) -> None:
    user = make_user(house, roles=(make_role(house, VIEW),), **values)
    assert not has(house, user, VIEW)


def test_an_undeclared_feature_cannot_be_asked_for(house: House, bob: User) -> None:
    with pytest.raises(NotRegistered):
        has(house, bob, "nobody.declared.this")


def test_grants_are_told_without_what_is_denied(house: House, bob: User) -> None:
    give(house, bob, "auth.roles.*", denied_features=["auth.roles.manage"])
    with reading_in(house):
        granted = service(Rbac).granted_features(bob.pk, tenant_id=house.tenant.pk)
        nowhere = service(Rbac).granted_features(bob.pk, tenant_id=house.tenant.pk, organization_id=house.south.pk)
    assert granted == {MANAGE, VIEW, "auth.roles.view"}
    assert nowhere == frozenset()


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (MANAGE, ("granted", MANAGE, "role Sales")),
        (VIEW, ("granted", VIEW, f"role Sales ({MANAGE})")),
        ("auth.api_keys.view", ("granted", "auth.api_keys.*", "the user's own list")),
        ("auth.sessions.manage", ("denied", "auth.sessions.*", "")),
        ("directory.tenants.view", ("not_granted", None, "")),
    ],
)
def test_a_decision_can_be_explained(
    feature: str, expected: tuple[str, str | None, str], house: House, bob: User
) -> None:
    give(house, bob, "auth.api_keys.*", "auth.sessions.manage", denied_features=["auth.sessions.*"])
    with reading_in(house):
        decision = explain(bob.pk, feature)
        assert decision.allowed is access_of(bob.pk).allows(feature)
    assert (decision.rule, decision.grant, decision.source) == expected
