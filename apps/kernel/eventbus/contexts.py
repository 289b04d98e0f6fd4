"""What a subscriber is told beside the payload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, Scope

ServiceT = TypeVar("ServiceT")


@dataclass(frozen=True, slots=True)
class EventContext:
    """Name and id of the event, when it happened, who did it, and the scope in which the handler runs.

    `organization_id` None means that it concerns the whole tenant. `actor` is who did it, without access; `scope.actor`
    is who handles it. `depth` counts the events from which this one followed; `attempt` counts from 1.
    """

    name: str
    id: UUID
    occurred_at: datetime
    actor: Actor
    scope: Scope
    organization_id: UUID | None
    entity: str
    entity_id: UUID | None
    action_id: UUID
    depth: int = 0
    attempt: int = 1

    def service(self, wanted: type[ServiceT]) -> ServiceT:
        """The service of a Protocol."""
        return service(wanted)
