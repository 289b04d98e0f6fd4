"""Who hears which event: pure rules on values that were read once for all listeners."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from apps.kernel.eventbus.declarations import Broadcast
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope

Key = tuple[ActorKind, UUID | None]  # names an actor
STAFF = frozenset({ActorKind.STAFF, ActorKind.API_KEY})


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an event is for.

    `organization_id` None: the whole tenant. `recipients` None: nobody is named. `feature` opens the records that it
    is about, "" where none does. `only` are the actors who see the record; None where it is not restricted.
    """

    broadcast: Broadcast
    feature: str
    organization_id: UUID | None = None
    recipients: frozenset[UUID] | None = None
    only: frozenset[Key] | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens: an actor with their access, and the organizations that they have selected."""

    actor: Actor
    organization_ids: frozenset[UUID]
    _held: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> Key:
        """Names the actor."""
        return self.actor.kind, self.actor.id

    def holds(self, feature: str) -> bool:
        """Say whether the actor holds the feature; remembered, because it is asked for each event."""
        found = self._held.get(feature)
        if found is None:
            found = self._held[feature] = self.actor.access.allows(feature)
        return found


def listener_of(scope: Scope) -> Listener:
    """Whoever opened the scope, as they hear."""
    return Listener(scope.actor, scope.organization_ids)


def hears(listener: Listener, audience: Audience) -> bool:
    """Say whether the event is for the listener.

    Staff and keys need the feature that opens the records; an event that none opens reaches those whom it names and
    nobody else. Customers hear what is for the portal and names them.
    """
    is_named = audience.recipients is not None and listener.actor.id in audience.recipients
    if audience.recipients is not None and not is_named:
        return False
    if audience.organization_id is not None and audience.organization_id not in listener.organization_ids:
        return False
    if audience.only is not None and listener.key not in audience.only:
        return False
    if listener.actor.kind in STAFF:
        is_open = listener.holds(audience.feature) if audience.feature else is_named
        return audience.broadcast is not Broadcast.NONE and is_open
    return listener.actor.kind is ActorKind.CUSTOMER and audience.broadcast is Broadcast.PORTAL and is_named
