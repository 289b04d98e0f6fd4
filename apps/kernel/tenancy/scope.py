"""Who acts, in which tenant, seeing which organizations: the frame of every read and write."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from apps.kernel.access.grants import EVERYTHING, NOTHING, Access
from apps.kernel.tenancy.errors import OrganizationRequired, ScopeMissing


class ActorKind(StrEnum):
    """What kind of being acts."""

    ANONYMOUS = "anonymous"
    STAFF = "staff"
    CUSTOMER = "customer"
    API_KEY = "api_key"
    WORKFLOW = "workflow"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `label` is for people and is stored with each action; `access` is what they may do.

    `on_behalf_of` is the id of the first actor when a program acts for a person; None otherwise.
    """

    kind: ActorKind
    id: UUID | None
    label: str
    access: Access = NOTHING
    on_behalf_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The frame of reads and writes; there is no value that means "everyone".

    `organization_id` is where a write goes (None: writing organization rows is refused);
    `organization_ids` is what reads see, and an empty set shows nothing.
    """

    tenant_id: UUID
    organization_id: UUID | None
    organization_ids: frozenset[UUID]
    actor: Actor
    correlation_id: UUID = field(default_factory=uuid.uuid4)

    def writing_organization(self) -> UUID:
        """The organization that a new row belongs to. Raises OrganizationRequired without one."""
        if self.organization_id is None:
            raise OrganizationRequired
        return self.organization_id


_active: ContextVar[Scope | None] = ContextVar("agora_scope", default=None)


def current_scope() -> Scope:
    """The open scope. Raises ScopeMissing when there is none."""
    scope = _active.get()
    if scope is None:
        raise ScopeMissing(model="this operation")
    return scope


def scope_or_none() -> Scope | None:
    """The open scope, or None; for code that shows different things without one."""
    return _active.get()


@contextmanager
def using_scope(scope: Scope) -> Iterator[Scope]:
    """Open `scope` for the block; scopes nest, the former one comes back."""
    token = _active.set(scope)
    try:
        yield scope
    finally:
        _active.reset(token)


@contextmanager
def system_scope(
    tenant_id: UUID,
    reason: str,
    *,
    organization_id: UUID | None = None,
    organization_ids: frozenset[UUID] = frozenset(),
) -> Iterator[Scope]:
    """Open a scope for sweepers, set-up and management commands; `reason` is stored with each action."""
    actor = Actor(ActorKind.SYSTEM, None, f"system: {reason}", EVERYTHING)
    seen = organization_ids | ({organization_id} if organization_id else set())
    with using_scope(Scope(tenant_id, organization_id, frozenset(seen), actor)) as scope:
        yield scope


def in_organization(scope: Scope, organization_id: UUID) -> Scope:
    """The same scope, writing to and seeing also `organization_id`."""
    seen = scope.organization_ids | {organization_id}
    return replace(scope, organization_id=organization_id, organization_ids=seen)
