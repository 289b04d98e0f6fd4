"""The scope as a task message carries it: ids only; what the actor may do is asked again in the worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from apps.kernel.access.grants import EVERYTHING
from apps.kernel.ports import Identity, OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.selection import allowed_organizations
from apps.kernel.tenancy.transactions import scoped_transaction


def packed(scope: Scope) -> dict[str, Any]:
    """The scope as JSON. A person's label stays at home; a program's says why it acts and travels."""
    actor = scope.actor
    return {
        "tenant": str(scope.tenant_id),
        "organization": _text(scope.organization_id),
        "organizations": sorted(map(str, scope.organization_ids)),
        "actor": {
            "kind": actor.kind.value,
            "id": _text(actor.id),
            "label": actor.label if actor.kind is ActorKind.SYSTEM else "",
            "on_behalf_of": _text(actor.on_behalf_of),
        },
        "correlation": str(scope.correlation_id),
    }


def unpacked(message: Mapping[str, Any]) -> Scope:
    """The scope of a message, with an actor who may do nothing yet. Raises KeyError or ValueError for another form."""
    actor = message["actor"]
    return Scope(
        tenant_id=UUID(message["tenant"]),
        organization_id=_uuid(message["organization"]),
        organization_ids=frozenset(map(UUID, message["organizations"])),
        actor=Actor(
            ActorKind(actor["kind"]),
            _uuid(actor["id"]),
            actor["label"] or actor["kind"],
            on_behalf_of=_uuid(actor["on_behalf_of"]),
        ),
        correlation_id=UUID(message["correlation"]),
    )


@contextmanager
def reopened(scope: Scope) -> Iterator[Scope]:
    """Open the scope of a message with the access that its actor has now.

    Organizations that the actor may not see any more are left out; the system itself sees those of the message.
    """
    if scope.actor.kind is ActorKind.SYSTEM:
        scope = replace(scope, actor=replace(scope.actor, access=EVERYTHING))
    else:
        scope = _asked_again(scope)
    with using_scope(scope):
        yield scope


def _asked_again(scope: Scope) -> Scope:
    with using_scope(replace(scope, organization_id=None, organization_ids=frozenset())), scoped_transaction():
        actor = service(Identity).access_again(scope.tenant_id, scope.actor)
        seen = scope.organization_ids & allowed_organizations(actor, service(OrganizationTree))
    writes_to = scope.organization_id if scope.organization_id in seen else None
    return replace(scope, actor=actor, organization_id=writes_to, organization_ids=seen)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
