"""The cast of the matrix: two houses full of records, and everybody who may knock at an address."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.test import Client

from apps.auth.models import RoleGrant, Session, User, UserGrant
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.ids import uuid7
from apps.kernel.references.fields import ReferenceField
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.notifications.models import Notification
from tests.auth.factories import give, make_role, make_user, reading_in, system
from tests.auth.programs import make_key, program
from tests.directory.callers import client_of
from tests.matrix.records import make, writing_to
from tests.matrix.routes import routes
from tests.support.scopes import House, make_house, seeding

Features = tuple[str, ...]
# Kinds that columns without a declared target usually hold.
COMMON = frozenset({"auth.user", "auth.role", "auth.api_key", "directory.organization", "shelf.book"})


@dataclass(frozen=True)
class Actor:
    """Somebody who calls. `holds`: whether they have the features of the address at hand."""

    name: str
    client: Client
    holds: bool = False
    refusal: tuple[int, str] | None = None  # what every guarded address answers, whatever it is
    sees: str = "north"  # whose records: of which organization, or "other" for another tenant

    @property
    def is_program(self) -> bool:
        """Whether it calls with an API key."""
        return self.name.startswith("key")

    def __str__(self) -> str:
        """Names them in complaints."""
        return self.name


@dataclass(frozen=True)
class Made:
    """Records of one kind: in the organization that is selected, in a sister of it, and in another tenant."""

    north: UUID
    south: UUID
    other: UUID
    action: UUID | None
    other_action: UUID | None


@dataclass
class World:
    """Houses, records by kind, and the callers."""

    house: House
    other: House
    closed: House
    owner_id: UUID = field(default_factory=uuid7)  # of the super admin, once there is one
    made: dict[str, Made] = field(default_factory=dict)
    fixed: list[Actor] = field(default_factory=list)
    strangers: list[UUID] = field(default_factory=list)  # ids of everything that the other tenant has
    by_features: dict[Features, list[Actor]] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """The whole house, with North selected."""
        return writing_to(system(self.house), self.house.north.pk)

    def actors(self, features: Features) -> list[Actor]:
        """Everybody, those with and those without the features."""
        return [*self.fixed, *self.by_features[features]]

    def named(self, name: str) -> Actor:
        """One who does not depend on features."""
        return next(actor for actor in self.fixed if actor.name == name)

    def foreign(self, model: Any, name: str) -> list[UUID]:
        """Ids of the other tenant for a field: of the kind that it points to, where the field says which."""
        kinds = pointed_at(model, name) & set(self.made) or set(self.made) & COMMON
        return [self.made[kind].other for kind in sorted(kinds)]

    @property
    def admin(self) -> Client:
        """The super admin."""
        return self.named("super admin").client


def pointed_at(model: Any, name: str) -> set[str]:
    """The kind that a reference or a foreign key points to; nothing for other fields."""
    found = next((item for item in model._meta.concrete_fields if item.attname == name), None) if model else None
    if isinstance(found, ReferenceField):
        return {found.target}
    remote = getattr(found, "remote_field", None)
    return {str(getattr(remote.model, "entity_id", ""))} if remote else set()


@contextmanager
def rolled_back(client: Client | None = None) -> Iterator[None]:
    """Take everything back at the end of the block: what requests have written, and cookies that a client was given."""
    cookies = copy.deepcopy(client.cookies) if client else None
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # the executor lets such blocks stand around it
    with block:
        yield
        transaction.set_rollback(True)
    if client is not None and cookies is not None:
        client.cookies = cookies


def build() -> World:
    """Build everything; takes seconds."""
    world = World(make_house("Acme"), make_house("Globex"), make_house("Initech"))
    for entity in sorted({route.view.entity for route in routes() if route.is_resource}):
        world.made[entity] = _records(world, entity)
    world.fixed = _fixed(world)
    world.strangers = _strangers(world)
    for features in {route.features for route in routes() if not route.is_public}:
        world.by_features[features] = _with_features(world.house, features)
    return world


def small_world(kinds: set[str]) -> World:
    """A house with records of the kinds, and nobody but its super admin."""
    world = World(make_house("Acme"), make_house("Globex"), make_house("Initech"))
    for entity in sorted(kinds):
        world.made[entity] = _records(world, entity)
    admin = _admin(world.house)
    world.owner_id = admin.pk
    world.fixed = [Actor("super admin", client_of(admin, organization=world.house.north), holds=True)]
    return world


def _records(world: World, entity: str) -> Made:
    inside, outside = system(world.house), system(world.other)
    north, action = make(entity, writing_to(inside, world.house.north.pk))
    south, _action = make(entity, writing_to(inside, world.house.south.pk))
    other, other_action = make(entity, writing_to(outside, world.other.north.pk))
    return Made(north, south, other, action, other_action)


def _fixed(world: World) -> list[Actor]:
    house, other, closed = world.house, world.other, world.closed
    elsewhere = make_user(house, roles=(make_role(house, "*", organization_ids=[house.south.pk]),))
    suspended = client_of(_admin(closed), organization=closed.north)
    with seeding(system(closed)):
        closed.tenant.status = "suspended"
        closed.tenant.save()
    gone = _admin(house)
    disabled = client_of(gone, organization=house.north)
    with seeding(system(house)):
        User.objects.filter(pk=gone.pk).update(is_active=False)
    return [
        Actor("anonymous", Client(), refusal=(401, "kernel.not_authenticated")),
        Actor("another tenant", client_of(_admin(other), organization=other.north), holds=True, sees="other"),
        Actor("another organization", client_of(elsewhere, organization=house.south), holds=True, sees="south"),
        Actor("super admin", client_of(_admin(house), organization=house.north), holds=True),
        Actor("suspended tenant", suspended, refusal=(403, "directory.tenant.suspended")),
        Actor("disabled user", disabled, refusal=(401, "kernel.not_authenticated")),
    ]


def _strangers(world: World) -> list[UUID]:
    """The other tenant's records, sessions, and a grant on one of its records."""
    outside = writing_to(system(world.other), world.other.north.pk)
    example = COMMANDS["access.grant"].example
    assert example is not None
    with using_scope(outside):
        execute(COMMANDS["access.grant"], (), dict(example(outside)))
    with reading_in(world.other):
        grants = [*UserGrant.objects.values_list("pk", flat=True), *RoleGrant.objects.values_list("pk", flat=True)]
        return [*(made.other for made in world.made.values()), *grants, *Session.objects.values_list("pk", flat=True)]


def _admin(house: House) -> User:
    """The super admin, whom everything is told that was told somebody."""
    user = make_user(house, name="Alice")
    give(house, user, is_super_admin=True)
    with reading_in(house):
        Notification.objects.update(recipient_id=user.pk)
    return user


def _with_features(house: House, features: Features) -> list[Actor]:
    """With nothing wanted everybody holds it: those without features show that."""
    needs_none = not features

    def staff(*held: str, denied: Features = ()) -> Client:
        user = make_user(house, roles=(make_role(house, *held),))
        if denied:
            give(house, user, denied_features=list(denied))
        return client_of(user, organization=house.north)

    def machine(*held: str) -> Client:
        return program(make_key(house, *held).secret, **{"X-Organization-Id": str(house.north.pk)})

    wildcards = tuple(dict.fromkeys(f"{feature.partition('.')[0]}.*" for feature in features))
    makers: list[tuple[str, Callable[[], Client], bool]] = [
        ("no feature", staff, needs_none),
        ("wildcard", lambda: staff(*wildcards), True),
        ("exact feature", lambda: staff(*features), True),
        ("denied feature", lambda: staff(*features, denied=features[-1:]), needs_none),
        ("key with the feature", lambda: machine(*features), True),
        ("key without", machine, needs_none),
    ]
    return [Actor(name, maker(), holds=holds) for name, maker, holds in makers]
