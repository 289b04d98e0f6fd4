"""Undo and redo of keys: no way round the boundary, and nothing brings a revoked key back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.auth.errors import GrantBeyondOwn, SuperAdminProtected
from apps.auth.models import ApiKey, ApiKeyRole, User
from apps.auth.services.key_refusals import ApiKeyRevoked
from apps.auth.services.key_restoring import judge_api_key
from apps.auth.services.keys import create_api_key, revoke_api_key, rotate_api_key, update_api_key
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import NotUndoable, UndoConflict
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import FeatureRequired, PlatformError, RowNotFound
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import FOREIGN, HELD, acting_as, make_role, make_user, reading_in, system
from tests.auth.programs import KEY_TABLES, MANAGES, acting_as_key, make_key, stored
from tests.support.digests import digest
from tests.support.scopes import House

UNDOING = ("audit_logs.*",)
POWERS = (*MANAGES, *UNDOING, HELD)


def taken(house: House, take: Callable[[], object]) -> UUID:
    """Let the system do it, and hand back the action."""
    with using_scope(system(house)), collecting_actions() as actions:
        take()
    return actions[-1]


def manager_of(house: House, *features: str, only: tuple[str, ...] | None = None) -> User:
    listed = None if only is None else [getattr(house, name).pk for name in only]
    return make_user(house, roles=(make_role(house, *(features or POWERS), organization_ids=listed),))


def changed(house: House, before: dict[str, Any], after: dict[str, Any], *features: str) -> UUID:
    """A key that was made with `before` and then got `after`: the action of the change."""
    key = make_key(house, *features, **before).key
    return taken(house, lambda: update_api_key(key.pk, **after))


def undone(house: House, action: UUID) -> UUID:
    """The undo of an action by the system: undoing that is redo."""
    return taken(house, lambda: undo(action))


def features_taken(house: House, feature: str) -> UUID:
    return changed(house, {}, {"features": []}, feature)


def role_taken(house: House, feature: str) -> UUID:
    return changed(house, {"roles": [make_role(house, feature).pk]}, {"roles": []})


def list_narrowed(house: House, feature: str) -> UUID:
    return changed(house, {}, {"organization_ids": [house.north.pk]}, feature)


def end_brought_forward(house: House, feature: str) -> UUID:
    return changed(house, {}, {"expires_at": clock.now() + timedelta(days=1)}, feature)


def addresses_narrowed(house: House, feature: str) -> UUID:
    return changed(house, {}, {"addresses": ["192.0.2.7"]}, feature)


def features_given_and_undone(house: House, feature: str) -> UUID:
    return undone(house, changed(house, {}, {"features": [feature]}))


def role_given_and_undone(house: House, feature: str) -> UUID:
    return undone(house, changed(house, {}, {"roles": [make_role(house, feature).pk]}))


def end_put_off_and_undone(house: House, feature: str) -> UUID:
    soon = {"expires_at": clock.now() + timedelta(days=1)}
    return undone(house, changed(house, soon, {"expires_at": None}, feature))


def swapped_for_a_list(house: House, feature: str) -> UUID:
    """The role with the feature goes, the feature becomes the key's own, and the key is held to the north."""
    role = make_role(house, feature)
    after = {"roles": [], "features": [feature], "organization_ids": [house.north.pk]}
    return changed(house, {"roles": [role.pk]}, after)


def last_narrow_role_given(house: House, feature: str) -> UUID:
    """A role that holds in the north only begins to cut a key with a feature of its own."""
    role = make_role(house, organization_ids=[house.north.pk])
    return changed(house, {}, {"roles": [role.pk]}, feature)


def two_narrow_roles_given(house: House, feature: str) -> UUID:
    """Each by itself could go without opening anything, both together could not."""
    roles = [make_role(house, organization_ids=[item.pk]).pk for item in (house.north, house.south)]
    return changed(house, {}, {"roles": roles}, feature)


def list_of_a_role_narrowed(house: House, feature: str) -> UUID:
    return changed(house, {"roles": [make_role(house, feature).pk]}, {"organization_ids": [house.north.pk]})


def end_of_a_role_brought_forward(house: House, feature: str) -> UUID:
    soon = {"expires_at": clock.now() + timedelta(days=1)}
    return changed(house, {"roles": [make_role(house, feature).pk]}, soon)


TAKEN = [
    list_of_a_role_narrowed,
    end_of_a_role_brought_forward,
    features_taken,
    role_taken,
    list_narrowed,
    end_brought_forward,
    addresses_narrowed,
    features_given_and_undone,
    role_given_and_undone,
    end_put_off_and_undone,
    swapped_for_a_list,
    last_narrow_role_given,
    two_narrow_roles_given,
]
each_taken = pytest.mark.parametrize("take", TAKEN, ids=lambda item: item.__name__)


@each_taken
def test_undo_gives_back_what_the_actor_holds(take: Callable[..., UUID], house: House) -> None:
    action = take(house, HELD)
    with acting_as(house, manager_of(house)):
        assert undo(action).pk == action


@each_taken
def test_undo_gives_nothing_back_that_the_actor_lacks(take: Callable[..., UUID], house: House) -> None:
    action = take(house, FOREIGN)
    with reading_in(house):
        before = digest(*KEY_TABLES)
    with acting_as(house, manager_of(house)), pytest.raises(GrantBeyondOwn) as refused:
        undo(action)
    assert refused.value.context["features"] == [FOREIGN]
    with reading_in(house):
        assert digest(*KEY_TABLES) == before


@each_taken
def test_undo_gives_nothing_back_beyond_the_actors_organizations(take: Callable[..., UUID], house: House) -> None:
    action = take(house, HELD)
    with acting_as(house, manager_of(house, only=("north",))), pytest.raises((GrantBeyondOwn, RowNotFound)):
        undo(action)


@each_taken
def test_the_system_undoes_any_change(take: Callable[..., UUID], house: House) -> None:
    action = take(house, FOREIGN)
    with using_scope(system(house)):
        assert undo(action).pk == action


def test_undo_in_the_actors_own_organization_is_open(house: House) -> None:
    north = {"organization_ids": [house.north.pk]}
    action = changed(house, {**north, "roles": [make_role(house, HELD).pk]}, {"roles": [], "name": "Bare"})
    with acting_as(house, manager_of(house, only=("north",))):
        undo(action)
    with reading_in(house):
        assert ApiKeyRole.objects.count() == 1


def test_undo_does_not_touch_a_key_of_a_super_admin(house: House) -> None:
    master = make_role(house, is_super_admin=True)
    renamed = changed(house, {"roles": [master.pk]}, {"name": "Renamed"})
    with acting_as(house, manager_of(house)), pytest.raises(SuperAdminProtected):
        undo(renamed)
    lost = changed(house, {"roles": [master.pk]}, {"roles": []})
    with acting_as(house, manager_of(house)), pytest.raises(GrantBeyondOwn) as refused:
        undo(lost)
    assert refused.value.context["super_admin"] is True


def test_undo_of_a_name_asks_for_nothing_that_the_key_holds(house: House) -> None:
    action = changed(house, {}, {"name": "Renamed", "per_minute": 5}, FOREIGN)
    with acting_as(house, manager_of(house)):
        undo(action)


def test_undo_needs_the_feature_of_the_command(house: House) -> None:
    action = features_taken(house, HELD)
    with acting_as(house, manager_of(house, *UNDOING, HELD)), pytest.raises(FeatureRequired):
        undo(action)


@pytest.mark.parametrize(
    ("column", "value"),
    [("expires_at", clock.now() + timedelta(days=900)), ("addresses", ["127.0.0.1"]), ("per_minute", 5)],
)
def test_a_key_takes_back_nothing_that_holds_it_back(column: str, value: object, house: House) -> None:
    key = make_key(house, *POWERS).key
    held_back = taken(house, lambda: update_api_key(key.pk, **{column: value}))  # type: ignore[arg-type]
    with acting_as_key(house, key), pytest.raises(GrantBeyondOwn) as refused:
        undo(held_back)
    assert refused.value.context["terms"] == [column]
    assert stored(house, key).version == 2


def test_a_key_takes_nothing_back_for_another_beyond_itself(house: House) -> None:
    robot = make_key(house, *POWERS, expires_at=clock.now() + timedelta(days=1)).key
    endless = make_key(house, HELD).key
    emptied = taken(house, lambda: update_api_key(endless.pk, features=[]))
    with acting_as_key(house, robot), pytest.raises(GrantBeyondOwn) as refused:
        undo(emptied)
    assert refused.value.context["terms"] == ["expires_at"]


def test_a_key_gives_itself_no_feature_back(house: House) -> None:
    key = make_key(house, *POWERS, FOREIGN).key
    action = taken(house, lambda: update_api_key(key.pk, features=POWERS))
    with acting_as_key(house, key), pytest.raises(GrantBeyondOwn) as refused:
        undo(action)
    assert refused.value.context["features"] == [FOREIGN]
    assert stored(house, key).features == sorted(POWERS)


@pytest.mark.parametrize("cascade", [False, True])
def test_nothing_is_undone_past_a_revocation(cascade: bool, house: House) -> None:
    key = make_key(house, HELD).key
    renamed = taken(house, lambda: update_api_key(key.pk, name="Renamed"))
    revoked = taken(house, lambda: revoke_api_key(key.pk))
    with using_scope(system(house)):
        with pytest.raises(NotUndoable):
            undo(revoked, cascade=cascade)
        with pytest.raises((UndoConflict, NotUndoable)):
            undo(renamed, cascade=cascade)
    assert stored(house, key).revoked_at is not None


def test_making_and_renewing_are_not_undone(house: House) -> None:
    key = make_key(house, HELD).key
    rotated = taken(house, lambda: rotate_api_key(key.pk))
    made = taken(house, lambda: create_api_key(name="Other"))
    with using_scope(system(house)):
        for action in (rotated, made):
            with pytest.raises(NotUndoable):
                undo(action)


def example(scope: Scope) -> dict[str, UUID]:
    return {"key_id": create_api_key(name="Example").key.pk}


@command("tests.key.close", open_reason="a probe of the tests", resource="auth.api_key", example=example)
def close(key_id: UUID) -> None:
    """Revoke the key inside another command, which can be undone as a whole."""
    revoke_api_key(key_id)


@pytest.mark.parametrize("actor", ["system", "master"])
def test_a_revoked_key_stays_revoked_whoever_undoes_whatever(actor: str, house: House) -> None:
    key = make_key(house, HELD).key
    action = taken(house, lambda: close(key.pk))
    master = make_user(house, roles=(make_role(house, is_super_admin=True),))
    scope = using_scope(system(house)) if actor == "system" else acting_as(house, master)
    with scope, pytest.raises(ApiKeyRevoked):
        undo(action)
    assert stored(house, key).revoked_at is not None


@command("tests.key.found", open_reason="a probe of the tests", resource="auth.api_key", example=lambda scope: {})
def found() -> ApiKey:
    """Make a key inside another command, which can be undone as a whole."""
    return create_api_key(name="Founded").key


def test_a_key_that_was_given_out_does_not_vanish_with_an_undo(house: House) -> None:
    action = taken(house, found)
    with using_scope(system(house)), pytest.raises(PlatformError):
        undo(action)
    with reading_in(house):
        assert ApiKey.objects.count() == 1


def test_a_key_row_that_came_back_would_be_a_grant(house: House) -> None:
    image = {
        "id": str(make_key(house).key.pk),
        "features": [FOREIGN],
        "organization_ids": None,
        "revoked_at": None,
        "expires_at": None,
        "addresses": [],
        "per_minute": None,
    }
    with acting_as(house, manager_of(house)), scoped_transaction(), pytest.raises(GrantBeyondOwn):
        judge_api_key(None, image, current_scope().actor)


def test_a_key_that_acts_but_is_not_there_changes_nothing(house: House) -> None:
    key = make_key(house, HELD, expires_at=clock.now() + timedelta(days=1)).key
    ghost = Actor(ActorKind.API_KEY, house.tenant.pk, "Ghost", system(house).actor.access)
    scope = Scope(house.tenant.pk, None, frozenset(), ghost)
    with using_scope(scope), pytest.raises(RowNotFound):
        update_api_key(key.pk, expires_at=None)
