"""Scopes and seeds for tests: the cast is Alice (owns the tenant), Bob (one organization), Charlie (elsewhere)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from apps.directory.models import Organization, Tenant
from apps.kernel.access.grants import EVERYTHING, Access
from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction


def _seed() -> None:
    """Nothing: the rows are written in the block."""


SEED = CommandSpec(
    id="tests.seed.write",
    feature="",
    function=_seed,
    signature=inspect.signature(_seed),
    open_reason="tests only",
    undoable=False,
    undo_reason="it is a test's starting point.",
    is_silent=True,
)
if SEED.id not in COMMANDS:
    COMMANDS.add(SEED.id, SEED)


@dataclass(frozen=True)
class House:
    """A tenant with a root organization, two below it, and scopes over them."""

    tenant: Tenant
    root: Organization
    north: Organization
    south: Organization

    def scope(self, *organizations: Organization, access: Access = EVERYTHING, actor_id: UUID | None = None) -> Scope:
        """A staff scope: writes to the first organization, sees all that are given (the whole house by default)."""
        seen = organizations or (self.root, self.north, self.south)
        actor = Actor(ActorKind.STAFF, actor_id or self.tenant.pk, "Alice", access)
        return Scope(self.tenant.pk, seen[0].pk, frozenset(item.pk for item in seen), actor)


@contextmanager
def seeding(scope: Scope | None = None) -> Iterator[None]:
    """Write rows directly, under one `tests.seed.write` action and without events."""
    if scope is None:
        with scoped_transaction(), acting(SEED, {}):
            yield
        return
    with using_scope(scope), scoped_transaction(), acting(SEED, {}):
        yield


def system_actor() -> Actor:
    """The actor that builds houses."""
    return Actor(ActorKind.SYSTEM, None, "tests", EVERYTHING)


def make_house(name: str = "Acme") -> House:
    """Build a tenant and its organizations."""
    tenant = Tenant(name=name, slug=f"{name.lower()}-{uuid7().hex[-8:]}", status="active")
    with seeding(Scope(tenant.pk, None, frozenset(), system_actor())):
        tenant.save(force_insert=True)
        root = _organization(f"{name} Group")
        north, south = (_organization(place, parent=root) for place in ("North", "South"))
        Organization.objects.bulk_create([root, north, south])
        return House(tenant, root, north, south)


def make_organization(name: str, *, parent: Organization | None = None) -> Organization:
    """A living organization below `parent`, inside a seed."""
    organization = _organization(name, parent=parent)
    organization.save(force_insert=True)
    return organization


def _organization(name: str, *, parent: Organization | None = None) -> Organization:
    organization = Organization(name=name, slug=f"{name.lower().replace(' ', '-')}-{uuid7().hex[-8:]}", parent=parent)
    organization.path = f"{parent.path if parent else ''}{organization.pk}/"
    organization.depth = parent.depth + 1 if parent else 0
    return organization


@contextmanager
def reading(scope: Scope) -> Iterator[None]:
    """Look at rows in the scope."""
    with using_scope(scope), scoped_transaction():
        yield
