"""The matrix of escalation: every way to grant, by every kind of actor, and their undo and redo.

After an attempt nobody holds a feature in an organization, beyond what they held before, that the actor lacks there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from apps.auth.models import User, UserGrant
from apps.auth.services.keys import update_api_key
from apps.auth.services.object_grants import grant_access, revoke_access
from apps.auth.services.roles import delete_role, set_role_acl
from apps.auth.services.users import delete_user, set_user_acl, set_user_roles, update_user
from apps.directory.models import Organization
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.escalating import (
    ACTORS,
    EXTREMES,
    WAYS,
    WHATS,
    Actor,
    Try,
    Way,
    What,
    call,
    colleague,
    holdings,
    just_managing,
    lacks,
    role_with,
)
from tests.auth.factories import make_role, make_user, reading_in, system
from tests.auth.programs import make_key
from tests.support.scopes import House
from tests.support.shelf.factories import ENTITY, make_book
from tests.support.shelf.models import Book

pytestmark = pytest.mark.generated

Change = Callable[[], object]
# Who has a denied feature cannot take their own list away; a key has neither list nor roles of a user.
NOT_FOR_ALL = {"own_acl", "own_update"}
each_actor = pytest.mark.parametrize("make", ACTORS, ids=lambda item: item.__name__)
each_range = pytest.mark.parametrize(
    "whats", [pytest.param(EXTREMES, id="extremes"), pytest.param(WHATS, id="all", marks=pytest.mark.prove)]
)
Whats = tuple[What, ...]


def judge(actor: Actor, what: What, attempt: Try) -> bool:
    """Try, and compare what everybody holds with before; say whether it was let through."""
    before = holdings(actor.house)
    own, done = before.get(actor.id, frozenset()), attempt()
    after = holdings(actor.house)
    for account, pairs in after.items():
        gained = pairs - before.get(account, frozenset())
        beyond = lacks(gained, own) if done.passed else gained
        assert not beyond, (actor.name, what.name, account, sorted(map(str, beyond))[:5])
    if done.taken_over is not None:
        assert not lacks(after[done.taken_over], own), (actor.name, what.name, "took over an account")
    return done.passed


def judge_all(house: House, make: Callable[[House], Actor], way: Way, whats: Whats) -> None:
    """Every kind of grant; the mighty may do it all, the able what they hold, and nobody nothing."""
    passed = set()
    for what in whats:
        actor = make(house)
        if judge(actor, what, way(actor, what)):
            passed.add(what.name)
    if actor.name == "super admin":
        assert passed == {what.name for what in whats}
    elif actor.name == "nobody":
        assert passed == set()
    elif way.__name__ not in NOT_FOR_ALL:
        assert "mild" in passed


@each_range
@each_actor
@pytest.mark.parametrize("way", WAYS, ids=lambda item: item.__name__)
def test_granting(house: House, make: Callable[[House], Actor], way: Way, whats: Whats) -> None:
    judge_all(house, make, way, whats)


def role_list(actor: Actor, what: What) -> tuple[Change, Change]:
    role = make_role(actor.house, organization_ids=[])
    colleague(actor, role)
    return lambda: set_role_acl(role.pk, **what.columns(actor.house)), lambda: set_role_acl(
        role.pk, features=[], is_super_admin=False, organization_ids=[]
    )


def role_reach(actor: Actor, what: What) -> tuple[Change, Change]:
    columns = what.columns(actor.house)
    places = columns.pop("organization_ids")
    role = make_role(actor.house, organization_ids=[])
    colleague(actor, role, make_role(actor.house, *columns.pop("features"), **columns, organization_ids=[]))
    return lambda: set_role_acl(role.pk, organization_ids=places), lambda: set_role_acl(role.pk, organization_ids=[])


def own_list(actor: Actor, what: What) -> tuple[Change, Change]:
    user = colleague(actor)
    return lambda: set_user_acl(user.pk, **what.columns(actor.house)), lambda: set_user_acl(user.pk)


def denial(actor: Actor, what: What) -> tuple[Change, Change]:
    user = colleague(actor, role_with(actor, what))
    denied = list(what.features) or ["*"]
    return lambda: set_user_acl(user.pk), lambda: set_user_acl(user.pk, denied_features=denied)


def membership(actor: Actor, what: What) -> tuple[Change, Change]:
    user, role = colleague(actor), role_with(actor, what)
    return lambda: set_user_roles(user.pk, roles=[role.pk]), lambda: set_user_roles(user.pk, roles=[])


def active(actor: Actor, what: What) -> tuple[Change, Change]:
    user = colleague(actor, role_with(actor, what))
    return lambda: update_user(user.pk, is_active=True), lambda: update_user(user.pk, is_active=False)


def confirmed(actor: Actor, what: What) -> tuple[Change, Change]:
    user = colleague(actor, role_with(actor, what))
    return lambda: update_user(user.pk, is_confirmed=True), lambda: update_user(user.pk, is_confirmed=False)


def key_features(actor: Actor, what: What) -> tuple[Change, Change]:
    key = make_key(actor.house, organization_ids=what.columns(actor.house)["organization_ids"]).key
    features = list(what.features) or ["*"]
    return lambda: update_api_key(key.pk, features=features), lambda: update_api_key(key.pk, features=[])


def key_roles(actor: Actor, what: What) -> tuple[Change, Change]:
    key = make_key(actor.house, organization_ids=what.columns(actor.house)["organization_ids"]).key
    role = role_with(actor, what)
    return lambda: update_api_key(key.pk, roles=[role.pk]), lambda: update_api_key(key.pk, roles=[])


Pair = Callable[[Actor, What], tuple[Change, Change]]
PAIRS: tuple[Pair, ...] = (
    role_list,
    role_reach,
    own_list,
    denial,
    membership,
    active,
    confirmed,
    key_features,
    key_roles,
)


def done(house: House, *changes: Change) -> UUID:
    """Let the system do it where every actor looks, and hand back the last action."""
    here = replace(system(house), organization_id=house.north.pk)
    with using_scope(here), collecting_actions() as actions:
        for change in changes:
            change()
    return actions[-1]


def undoing(actor: Actor, action: UUID) -> Try:
    return call(actor, "post", f"/api/audit_logs/actions/{action}/undo/", {})


@each_range
@each_actor
@pytest.mark.parametrize("pair", PAIRS, ids=lambda item: item.__name__)
def test_undoing_what_took_away(house: House, make: Callable[[House], Actor], pair: Pair, whats: Whats) -> None:
    for what in whats:
        actor = make(house)
        grants, takes = pair(actor, what)
        passed = judge(actor, what, undoing(actor, done(house, grants, takes)))
        assert passed or actor.name != "super admin"
        assert not passed or actor.name != "nobody"


@each_range
@each_actor
@pytest.mark.parametrize("pair", PAIRS, ids=lambda item: item.__name__)
def test_redoing_what_granted(house: House, make: Callable[[House], Actor], pair: Pair, whats: Whats) -> None:
    for what in whats:
        actor = make(house)
        grants, takes = pair(actor, what)
        granted = done(house, takes, grants)
        passed = judge(actor, what, undoing(actor, done(house, partial(undo, granted))))
        assert passed or actor.name != "super admin"
        assert not passed or actor.name != "nobody"


@each_range
@each_actor
@pytest.mark.parametrize("delete", ["user", "role"])
def test_bringing_back_what_was_deleted(
    house: House, make: Callable[[House], Actor], delete: str, whats: Whats
) -> None:
    for what in whats:
        actor = make(house)
        role = role_with(actor, what)
        user = colleague(actor, role) if delete == "user" else None
        action = done(house, partial(delete_user, user.pk) if user else partial(delete_role, role.pk))
        passed = judge(actor, what, undoing(actor, action))
        assert passed or actor.name != "super admin"
        assert not passed or actor.name != "nobody"


@each_actor
@pytest.mark.parametrize("what", WHATS, ids=lambda item: item.name)
def test_a_former_address_hands_nothing_over(house: House, make: Callable[[House], Actor], what: What) -> None:
    actor = make(house)
    user = colleague(actor, role_with(actor, what))
    action = done(house, lambda: update_user(user.pk, email=f"{uuid7().hex}@example.org"))
    path = f"/api/audit_logs/actions/{action}/undo/"
    passed = judge(actor, what, call(actor, "post", path, {}, over=user.pk))
    assert passed or actor.name != "super admin"
    assert not passed or actor.name != "nobody"


def lent(actor: Actor, place: Organization) -> tuple[Book, User, dict[str, Any]]:
    """A book in the organization, restricted to an owner; a reader, and how the reader is named in a grant."""
    house = actor.house
    book = make_book(house, scope=replace(house.scope(), organization_id=place.pk))
    reader, owner = (make_user(house, roles=(make_role(house, "shelf.*"),)) for _ in range(2))
    done(house, lambda: grant_access(book.pk, entity=ENTITY, user_id=owner.pk, level="change", restrict=True))
    return book, reader, {"entity": ENTITY, "user_id": reader.pk}


def judge_grant(actor: Actor, reader: User, attempt: Try) -> None:
    """Only the super admin reaches the book, so nobody else opens it to the reader."""
    passed = attempt().passed
    with reading_in(actor.house):
        assert UserGrant.objects.filter(user_id=reader.pk).exists() is passed
    assert passed is (actor.name == "super admin")


@each_actor
def test_a_restricted_record_is_granted_by_who_reaches_it(house: House, make: Callable[[House], Actor]) -> None:
    actor = make(house)
    book, reader, _ = lent(actor, house.north)
    body = {"entity": ENTITY, "record_id": str(book.pk), "user_id": str(reader.pk), "level": "change"}
    judge_grant(actor, reader, call(actor, "post", "/api/auth/grants/", body))


@each_actor
@pytest.mark.parametrize("way", ["undo", "redo"])
def test_a_grant_on_a_record_comes_back_by_who_reaches_it(
    house: House, make: Callable[[House], Actor], way: str
) -> None:
    actor = make(house)
    book, reader, whom = lent(actor, house.north)
    given = done(house, lambda: grant_access(book.pk, **whom, level="change"))
    last = done(house, lambda: revoke_access(book.pk, **whom) if way == "undo" else undo(given))
    judge_grant(actor, reader, undoing(actor, last))


def test_a_grant_on_a_record_of_another_organization_does_not_come_back(house: House) -> None:
    actor = just_managing(house)
    book, reader, whom = lent(actor, house.root)
    given = done(house, lambda: grant_access(book.pk, **whom, level="change"))
    judge_grant(actor, reader, undoing(actor, done(house, partial(undo, given))))
