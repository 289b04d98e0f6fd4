"""Every way to grant, as attempts of one actor; and what all accounts hold, reckoned apart from the code under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.test import Client

from apps.auth.models import ApiKey, ApiKeyRole, Role, RoleAcl, User, UserAcl, UserRole
from apps.auth.services.users import set_user_roles
from apps.kernel.access.grants import PORTAL
from apps.kernel.errors import PlatformError
from apps.kernel.ids import uuid7
from apps.kernel.registry.features import FEATURES
from tests.auth.factories import acting_as, give, make_role, make_user, reading_in
from tests.auth.programs import acting_as_key, make_key, program
from tests.directory.callers import client_of, send
from tests.support.scopes import House

MANAGES = (
    "auth.users.manage",
    "auth.roles.manage",
    "auth.acl.manage",
    "auth.api_keys.manage",
    "audit_logs.undo_self",
    "audit_logs.undo_tenant",
)
FOREIGN = "directory.organizations.manage"
SUPER = "super admin"
Pairs = frozenset[tuple[str, UUID | None]]
USERS, ROLES, KEYS = "/api/auth/users/", "/api/auth/roles/", "/api/auth/api_keys/"
STRONG = "a long enough password"


@dataclass(frozen=True)
class Actor:
    """Somebody who tries: a client over HTTP, and their id."""

    name: str
    house: House
    id: UUID
    client: Client
    key: ApiKey | None = None
    user: User | None = None

    @contextmanager
    def commands(self) -> Iterator[None]:
        """Run commands as the actor, where there is no address."""
        if self.key is not None:
            with acting_as_key(self.house, self.key):
                yield
        elif self.user is not None:
            with acting_as(self.house, self.user):
                yield


@dataclass(frozen=True)
class What:
    """What is to be granted."""

    name: str
    features: tuple[str, ...] = ()
    is_super_admin: bool = False
    everywhere: bool = False

    def columns(self, house: House) -> dict[str, Any]:
        """As columns of a list."""
        places = None if self.everywhere else [house.north.pk]
        return {"features": list(self.features), "is_super_admin": self.is_super_admin, "organization_ids": places}

    def body(self, house: House) -> dict[str, Any]:
        """As a body."""
        places = None if self.everywhere else [str(house.north.pk)]
        return {**self.columns(house), "organization_ids": places}


WHATS = (
    What("mild", ("auth.users.view",)),
    What("mild everywhere", ("auth.users.view",), everywhere=True),
    What("foreign", (FOREIGN,)),
    What("module", ("directory.*",)),
    What("everything", ("*",), everywhere=True),
    What("super", is_super_admin=True, everywhere=True),
)
# The least, what a wildcard covers, and the most; `make prove` goes through all of them.
EXTREMES = tuple(what for what in WHATS if what.name in {"mild", "module", "super"})


def a_user(house: House, name: str, features: tuple[str, ...], **acl: Any) -> Actor:
    role = make_role(house, *features, **acl)
    user = make_user(house, name=name, roles=(role,), home_organization_id=house.north.pk)
    return Actor(name, house, user.pk, client_of(user), user=user)


def the_super_admin(house: House) -> Actor:
    """One of two, so that they may give up the right."""
    give(house, make_user(house, name="Deputy"), is_super_admin=True)
    return a_user(house, "super admin", (), is_super_admin=True)


def by_wildcard(house: House) -> Actor:
    return a_user(house, "wildcard", ("*",))


def in_one_organization(house: House) -> Actor:
    return a_user(house, "restricted", ("*",), organization_ids=[house.north.pk])


def denied_one_feature(house: House) -> Actor:
    found = a_user(house, "denied", ("*",))
    assert found.user is not None
    give(house, found.user, denied_features=[FOREIGN])
    return found


def just_managing(house: House) -> Actor:
    return a_user(house, "exact", MANAGES)


def a_key(house: House) -> Actor:
    issued = make_key(house, *MANAGES, name="Acting")
    return Actor("key", house, issued.key.pk, program(issued.secret), key=issued.key)


def nobody(house: House) -> Actor:
    return a_user(house, "nobody", ())


ACTORS = (the_super_admin, by_wildcard, in_one_organization, denied_one_feature, just_managing, a_key, nobody)


def holdings(house: House) -> dict[UUID, Pairs]:
    """What each usable user, each key that is not revoked and each role holds, as pairs; reckoned by hand."""
    places = {house.root.pk, house.north.pk, house.south.pk}
    with reading_in(house):
        lists = {row.role_id: row for row in RoleAcl.objects.all()}
        own = {row.user_id: row for row in UserAcl.objects.all()}
        held = [(user_id, lists[role_id]) for user_id, role_id in UserRole.objects.values_list("user_id", "role_id")]
        of_keys = [(key, lists[role]) for key, role in ApiKeyRole.objects.values_list("api_key_id", "role_id")]
        found = {role_id: _pairs([row], None, places) for role_id, row in lists.items()}
        for user in User.objects.filter(is_active=True, is_confirmed=True, deleted_at__isnull=True):
            found[user.pk] = _pairs([row for pk, row in held if pk == user.pk], own.get(user.pk), places)
        for key in ApiKey.objects.filter(revoked_at__isnull=True):
            found[key.pk] = _key_pairs(key, [row for pk, row in of_keys if pk == key.pk], places)
    return found


def _key_pairs(key: ApiKey, rows: list[Any], places: set[UUID]) -> Pairs:
    listed = places if key.organization_ids is None else set(key.organization_ids)
    reach = _reach(rows, places) if rows else places
    grants = {grant for row in rows for grant in row.features} | set(key.features)
    return _product(grants, set(), listed & reach, mighty=any(row.is_super_admin for row in rows))


def _pairs(rows: list[Any], own: Any, places: set[UUID]) -> Pairs:
    mighty = any(row.is_super_admin for row in [*rows, *([own] if own else [])])
    grants = {grant for row in [*rows, *([own] if own else [])] for grant in row.features}
    listed = own.organization_ids if own else None
    reach = places if mighty else _reach(rows, places) if listed is None else set(listed) & places
    return _product(grants, set(own.denied_features) if own else set(), reach, mighty=mighty)


def _reach(rows: list[Any], places: set[UUID]) -> set[UUID]:
    return {place for row in rows for place in (places if row.organization_ids is None else row.organization_ids)}


def _product(grants: set[str], denied: set[str], reach: set[UUID], *, mighty: bool) -> Pairs:
    every = {name for name in FEATURES if not name.startswith(PORTAL)}
    direct = {name for name in every if mighty or any(_covers(grant, name) for grant in grants)}
    left = {name for name in direct if mighty or not any(_covers(deny, name) for deny in denied)}
    pending = list(left)
    while pending:
        fresh = {name for name in FEATURES[pending.pop()].implies if name not in left}
        fresh = {name for name in fresh if not any(_covers(deny, name) for deny in denied)}
        left |= fresh
        pending += fresh
    whole = {(grant, place) for grant in grants if grant.endswith("*") and not mighty for place in reach}
    pairs = {(name, place) for name in left for place in reach} | (whole if not denied else set())
    return frozenset(pairs | ({(SUPER, None)} if mighty else set()))


def _covers(grant: str, name: str) -> bool:
    stem = grant[:-2]
    return grant in {"*", name} or (grant.endswith(".*") and (name == stem or name.startswith(f"{stem}.")))


def lacks(held: Pairs, actor: Pairs) -> Pairs:
    """Pairs that the actor does not hold: a wildcard is held by who holds a wider one there."""
    if (SUPER, None) in actor:
        return frozenset()
    wide = [(grant, place) for grant, place in actor if grant.endswith("*")]
    return frozenset(
        (name, place)
        for name, place in held - actor
        if not any(there == place and _covers(grant, name.removesuffix(".*")) for grant, there in wide)
    )


@dataclass(frozen=True)
class Attempt:
    """What an attempt came to: whether it was let through, and which account the actor could use from then on."""

    passed: bool
    taken_over: UUID | None = None


Try = Callable[[], Attempt]
# A way sets its stage, and hands back the attempt.
Way = Callable[[Actor, What], Try]


def call(actor: Actor, method: str, path: str, body: object = None, *, over: UUID | None = None) -> Try:
    """Send; a refusal is an answer, a fault is none."""

    def attempt() -> Attempt:
        answer = send(actor.client, method, path, body)
        assert answer.status_code < 500, answer.content
        passed = answer.status_code < 400
        return Attempt(passed, over if passed else None)

    return attempt


def role_with(actor: Actor, what: What) -> Role:
    columns = what.columns(actor.house)
    return make_role(actor.house, *columns.pop("features"), **columns)


def colleague(actor: Actor, *roles: Role, **values: Any) -> User:
    return make_user(actor.house, name="Colleague", home_organization_id=actor.house.north.pk, roles=roles, **values)


def new_body(**more: Any) -> dict[str, Any]:
    return {"name": "New", "email": f"{uuid7().hex}@example.org", **more}


def role_create(actor: Actor, what: What) -> Try:
    return call(actor, "post", ROLES, {"name": uuid7().hex, **what.body(actor.house)})


def role_update(actor: Actor, what: What) -> Try:
    role = make_role(actor.house, organization_ids=[])
    colleague(actor, role)
    return call(actor, "patch", f"{ROLES}{role.pk}/", what.body(actor.house))


def role_acl(actor: Actor, what: What) -> Try:
    role = make_role(actor.house, organization_ids=[])
    colleague(actor, role)
    return call(actor, "put", f"{ROLES}{role.pk}/acl/", what.body(actor.house))


def role_reach(actor: Actor, what: What) -> Try:
    """The role is harmless and its member is not: more places for the one are more places for the other."""
    role = make_role(actor.house, organization_ids=[])
    columns = {**what.columns(actor.house), "organization_ids": []}
    columns.pop("features")
    colleague(actor, role, make_role(actor.house, *what.features, **columns))
    wider = {"organization_ids": what.body(actor.house)["organization_ids"]}
    return call(actor, "put", f"{ROLES}{role.pk}/acl/", wider)


def user_create(actor: Actor, what: What) -> Try:
    home = str(actor.house.north.pk)
    return call(actor, "post", USERS, new_body(roles=[str(role_with(actor, what).pk)], home_organization_id=home))


def user_update(actor: Actor, what: What) -> Try:
    return call(actor, "patch", f"{USERS}{colleague(actor).pk}/", {"roles": [str(role_with(actor, what).pk)]})


def own_update(actor: Actor, what: What) -> Try:
    return call(actor, "patch", f"{USERS}{actor.id}/", {"roles": [str(role_with(actor, what).pk)]})


def user_set_roles(actor: Actor, what: What) -> Try:
    user, role = colleague(actor), role_with(actor, what)

    def attempt() -> Attempt:
        try:
            with actor.commands():
                set_user_roles(user.pk, roles=[role.pk])
        except PlatformError:
            return Attempt(passed=False)
        return Attempt(passed=True)

    return attempt


def user_acl(actor: Actor, what: What) -> Try:
    return call(actor, "put", f"{USERS}{colleague(actor).pk}/acl/", what.body(actor.house))


def own_acl(actor: Actor, what: What) -> Try:
    return call(actor, "put", f"{USERS}{actor.id}/acl/", what.body(actor.house))


def activation(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what), is_active=False)
    return call(actor, "patch", f"{USERS}{user.pk}/", {"is_active": True})


def confirmation(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what), is_confirmed=False)
    return call(actor, "patch", f"{USERS}{user.pk}/", {"is_confirmed": True})


def lifted_denial(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what))
    give(actor.house, user, denied_features=list(what.features) or ["*"])
    return call(actor, "put", f"{USERS}{user.pk}/acl/", {})


def password(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what))
    return call(actor, "post", f"{USERS}{user.pk}/set_password/", {"password": STRONG}, over=user.pk)


def address(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what))
    return call(actor, "patch", f"{USERS}{user.pk}/", {"email": f"{uuid7().hex}@example.org"}, over=user.pk)


def key_by_roles(actor: Actor, what: What) -> Try:
    body = {"name": "New", "roles": [str(role_with(actor, what).pk)]}
    return call(actor, "post", KEYS, {**body, "organization_ids": what.body(actor.house)["organization_ids"]})


def key_by_features(actor: Actor, what: What) -> Try:
    body = what.body(actor.house)
    body.pop("is_super_admin")
    return call(actor, "post", KEYS, {"name": "New", **body})


def key_update_roles(actor: Actor, what: What) -> Try:
    key = make_key(actor.house, organization_ids=what.columns(actor.house)["organization_ids"]).key
    return call(actor, "patch", f"{KEYS}{key.pk}/", {"roles": [str(role_with(actor, what).pk)]})


def key_update_features(actor: Actor, what: What) -> Try:
    key = make_key(actor.house, organization_ids=what.columns(actor.house)["organization_ids"]).key
    return call(actor, "patch", f"{KEYS}{key.pk}/", {"features": list(what.features)})


def key_rotate(actor: Actor, what: What) -> Try:
    columns = what.columns(actor.house)
    key = make_key(actor.house, roles=[role_with(actor, what).pk], organization_ids=columns["organization_ids"]).key
    return call(actor, "post", f"{KEYS}{key.pk}/rotate/", {}, over=key.pk)


def bulk(actor: Actor, path: str, pk: UUID, changes: dict[str, Any], *, over: UUID | None = None) -> Try:
    return call(actor, "post", f"{path}bulk/", {"action": "update", "ids": [str(pk)], "changes": changes}, over=over)


def bulk_roles_of_users(actor: Actor, what: What) -> Try:
    return bulk(actor, USERS, colleague(actor).pk, {"roles": [str(role_with(actor, what).pk)]})


def bulk_activation(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what), is_active=False)
    return bulk(actor, USERS, user.pk, {"is_active": True})


def bulk_confirmation(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what), is_confirmed=False)
    return bulk(actor, USERS, user.pk, {"is_confirmed": True})


def bulk_address(actor: Actor, what: What) -> Try:
    user = colleague(actor, role_with(actor, what))
    return bulk(actor, USERS, user.pk, {"email": f"{uuid7().hex}@example.org"}, over=user.pk)


def bulk_of_roles(actor: Actor, what: What) -> Try:
    role = make_role(actor.house, organization_ids=[])
    colleague(actor, role)
    return bulk(actor, ROLES, role.pk, what.body(actor.house))


def bulk_of_keys(actor: Actor, what: What) -> Try:
    key = make_key(actor.house, organization_ids=what.columns(actor.house)["organization_ids"]).key
    return bulk(actor, KEYS, key.pk, {"features": list(what.features)})


WAYS: tuple[Way, ...] = (
    role_create,
    role_update,
    role_acl,
    role_reach,
    user_create,
    user_update,
    own_update,
    user_set_roles,
    user_acl,
    own_acl,
    activation,
    confirmation,
    lifted_denial,
    password,
    address,
    key_by_roles,
    key_by_features,
    key_update_roles,
    key_update_features,
    key_rotate,
    bulk_roles_of_users,
    bulk_activation,
    bulk_confirmation,
    bulk_address,
    bulk_of_roles,
    bulk_of_keys,
)
