"""Where subscribers work: the whole tenant for the relay, the event's own organization for a handler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from apps.kernel.access.grants import Access
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.subscribing import Subscriber
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.features import with_implied
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction


@contextmanager
def whole_tenant() -> Iterator[Scope]:
    """See every organization of the tenant, deleted ones too: what happened in them is told as well."""
    scope = current_scope()
    with scoped_transaction():
        everywhere = service(OrganizationTree).all_ever()
    with using_scope(replace(scope, organization_ids=everywhere)), scoped_transaction():
        yield current_scope()


def scope_of(row: Mapping[str, Any], subscriber: Subscriber, everywhere: frozenset[UUID]) -> Scope:
    """Where and as whom the subscriber handles the event: as itself, on behalf of whoever began it all."""
    organization: UUID | None = row["organization_id"]
    access = Access(granted=with_implied(frozenset(subscriber.features)), organization_ids=None)
    first = row["on_behalf_of"] or row["actor_id"]
    return Scope(
        tenant_id=current_scope().tenant_id,
        organization_id=organization,
        organization_ids=everywhere if organization is None else frozenset({organization}),
        actor=Actor(ActorKind.SYSTEM, None, f"system:{subscriber.id}", access, on_behalf_of=first),
        correlation_id=row["correlation_id"],
    )


def context_of(row: Mapping[str, Any], scope: Scope) -> EventContext:
    """What the handler is told about the event."""
    kind = ActorKind(row["actor_kind"])
    return EventContext(
        name=row["name"],
        id=row["event_id"],
        occurred_at=row["occurred_at"],
        actor=Actor(kind, row["actor_id"], kind.value, on_behalf_of=row["on_behalf_of"]),
        scope=scope,
        organization_id=row["organization_id"],
        entity=row["entity"],
        entity_id=row["record_id"],
        action_id=row["action_id"],
        depth=row["depth"],
        attempt=row["attempts"] + 1,
    )
