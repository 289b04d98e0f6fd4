"""Roles open restricted records as well: nobody reaches one by way of a key that they could not reach themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from apps.auth.errors import GrantBeyondOwn
from apps.auth.models import Role, User
from apps.auth.services.keys import create_api_key, rotate_api_key, update_api_key
from apps.auth.services.object_grants import grant_access
from apps.kernel import clock
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import acting_as, make_role, make_user, reading_in, system
from tests.auth.programs import KEY_TABLES, MANAGES, acting_as_key, make_key
from tests.support.digests import digest
from tests.support.scopes import House
from tests.support.shelf.factories import given, make_book, titles

HOLDS = (*MANAGES, "shelf.*", "auth.acl.manage", "audit_logs.*")


@pytest.fixture
def reading_role(house: House) -> Role:
    """A role to which a restricted book was granted."""
    role = make_role(house, "shelf.*", name="Readers")
    with using_scope(system(house)):
        grant_access(**given(make_book(house), role_id=role.pk, restrict=True))
    return role


@pytest.fixture
def outsider(house: House) -> User:
    """Somebody who holds every feature that the role has, and does not see the book."""
    return make_user(house, roles=(make_role(house, *HOLDS),))


def test_a_key_sees_what_was_granted_to_its_roles(house: House, reading_role: Role) -> None:
    reader, bare = make_key(house, roles=[reading_role.pk]).key, make_key(house, "shelf.*").key
    for key, seen in ((reader, ["Dune"]), (bare, [])):
        with acting_as_key(house, key):
            assert titles() == seen


def make(key_id: Any, role: Role) -> object:
    return create_api_key(name="Shop", roles=[role.pk])


def give(key_id: Any, role: Role) -> object:
    return update_api_key(make_bare(), roles=[role.pk])


def make_bare() -> Any:
    return create_api_key(name="Bare").key.pk


def renew(key_id: Any, role: Role) -> object:
    return rotate_api_key(key_id)


def put_off(key_id: Any, role: Role) -> object:
    return update_api_key(key_id, expires_at=None)


@pytest.mark.parametrize("attempt", [make, give, renew, put_off], ids=lambda item: item.__name__)
def test_a_role_is_given_to_a_key_only_by_who_reaches_its_records(
    attempt: Callable[[Any, Role], object], house: House, reading_role: Role, outsider: User
) -> None:
    end = clock.now() + timedelta(days=1)
    key = make_key(house, roles=[reading_role.pk], expires_at=end).key
    with acting_as(house, outsider), pytest.raises(GrantBeyondOwn) as refused:
        attempt(key.pk, reading_role)
    assert refused.value.context["records"] is True
    reader = make_user(house, roles=(reading_role, make_role(house, *HOLDS)))
    with acting_as(house, reader):
        attempt(key.pk, reading_role)


def test_undo_gives_no_key_a_role_whose_records_the_actor_does_not_reach(
    house: House, reading_role: Role, outsider: User
) -> None:
    key = make_key(house, roles=[reading_role.pk]).key
    with using_scope(system(house)), collecting_actions() as actions:
        update_api_key(key.pk, roles=[])
        update_api_key(make_key(house, roles=[reading_role.pk]).key.pk, expires_at=clock.now() + timedelta(days=1))
    with reading_in(house):
        before = digest(*KEY_TABLES)
    for action in (actions[0], actions[-1]):
        with acting_as(house, outsider), pytest.raises(GrantBeyondOwn) as refused:
            undo(action)
        assert refused.value.context["records"] is True
    with reading_in(house):
        assert digest(*KEY_TABLES) == before


def test_narrowing_a_key_needs_no_reach(house: House, reading_role: Role, outsider: User) -> None:
    key = make_key(house, roles=[reading_role.pk]).key
    with acting_as(house, outsider):
        update_api_key(key.pk, name="Renamed", addresses=["192.0.2.7"])
        update_api_key(key.pk, roles=[])
