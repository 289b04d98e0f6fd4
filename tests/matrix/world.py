"""The cast of the matrix: two houses full of records, and everybody who may knock at an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.test import Client

from apps.auth.models import ApiKeySecret, RoleGrant, Session, User, UserGrant
from apps.kernel import clock
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.ids import uuid7
from apps.kernel.references.fields import ReferenceField
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.notifications.models import Notification
from tests.auth.factories import give, make_role, make_user, reading_in, system
from tests.directory.callers import client_of
from tests.matrix.callers import Features, Held, machines, staff
from tests.matrix.records import make, writing_to
from tests.matrix.routes import routes
from tests.support.scopes import House, make_house, seeding

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
    owner_id: UUID = field(default_factory=uuid7)  # of the super admin
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


def build() -> World:
    """Build everything; takes seconds."""
    world = World(make_house("Acme"), make_house("Globex"), make_house("Initech"))
    for entity in sorted({route.view.entity for route in routes() if route.is_resource}):
        world.made[entity] = _records(world, entity)
    world.fixed = _fixed(world)
    world.strangers = _strangers(world)
    world.by_features = _by_features(world.house)
    for house in (world.house, world.other, world.closed):
        _in_use(house)
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
    admin = _admin(house)
    world.owner_id = admin.pk
    return [
        Actor("anonymous", Client(), refusal=(401, "kernel.not_authenticated")),
        Actor("another tenant", client_of(_admin(other), organization=other.north), holds=True, sees="other"),
        Actor("another organization", client_of(elsewhere, organization=house.south), holds=True, sees="south"),
        Actor("super admin", client_of(admin, organization=house.north), holds=True),
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


def _in_use(house: House) -> None:
    """Let sessions and keys be used until later: a request that notes its own takes it back, and so would the next."""
    later = clock.now() + timedelta(days=1)
    with reading_in(house):
        Session.objects.update(last_used_at=later)
        ApiKeySecret.objects.update(last_used_at=later)


def _admin(house: House) -> User:
    """The super admin, whom everything is told that was told somebody."""
    user = make_user(house, name="Alice")
    give(house, user, is_super_admin=True)
    with reading_in(house):
        Notification.objects.update(recipient_id=user.pk)
    return user


def _by_features(house: House) -> dict[Features, list[Actor]]:
    """For the features of each guard those who have them and those who have not, by a role and by a key."""
    wanted = list(dict.fromkeys(route.features for route in routes() if not route.is_public))
    users = staff(house, chain.from_iterable(_holdings(features).values() for features in wanted))
    programs = machines(house, [(), *wanted])
    return {features: _with_features(features, users, programs) for features in wanted}


def _holdings(features: Features) -> dict[str, Held]:
    wildcards = tuple(dict.fromkeys(f"{feature.partition('.')[0]}.*" for feature in features))
    return {
        "no feature": Held(),
        "wildcard": Held(wildcards),
        "exact feature": Held(features),
        "denied feature": Held(features, denied=features[-1:]),
    }


def _with_features(
    features: Features, users: Mapping[Held, Client], programs: Mapping[Features, Client]
) -> list[Actor]:
    """With nothing wanted everybody holds it: those without features show that."""
    needs_none = not features
    holding = frozenset({"wildcard", "exact feature"})
    found = [
        Actor(name, users[held], holds=needs_none or name in holding) for name, held in _holdings(features).items()
    ]
    return [
        *found,
        Actor("key with the feature", programs[features], holds=True),
        Actor("key without", programs[()], holds=needs_none),
    ]
