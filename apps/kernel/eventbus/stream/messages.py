"""What goes over the wire: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from apps.kernel.api.renderers import ENCODER
from apps.kernel.eventbus.stream.audience import Audience
from apps.kernel.eventbus.stream.positions import Position, name_of

MEDIA_TYPE: Final = "text/event-stream"
LARGEST: Final = 4 * 1024  # bytes of one event's data; above, it carries ids only
RETRY: Final = 2_000  # milliseconds after which browsers come back
# A comment, so that headers and proxies' buffers go out at once.
OPENING: Final = f"retry: {RETRY}\n: connected\n\n".encode()
GAP: Final = "agora:gap"
BEAT: Final = "agora:heartbeat"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is sent to everybody who hears it."""

    position: Position
    audience: Audience
    frame: bytes


@dataclass(frozen=True, slots=True)
class Happened:
    """What the outbox says of an event; `payload` is JSON."""

    id: UUID
    position: Position
    name: str
    entity: str
    record_id: UUID | None
    organization_id: UUID | None
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID | None
    recipients: Sequence[UUID] | None
    payload: str


def frame_of(event: Happened, tenant_id: UUID) -> bytes:
    """The event as one message; too large a payload is left out, and `truncated` says so."""
    facts = _facts(event)
    data = ENCODER.encode({**facts, "payload": msgspec.Raw(event.payload.encode())})
    if len(data) > LARGEST:
        data = ENCODER.encode({**facts, "payload": {"resource_id": event.record_id}, "truncated": True})
    return b"id: %s\ndata: %s\n\n" % (name_of(event.position, tenant_id).encode(), data)


def _facts(event: Happened) -> Mapping[str, Any]:
    return {
        "id": event.id,
        "name": event.name,
        "entity": event.entity,
        "entity_id": event.record_id,
        "organization_id": event.organization_id,
        "occurred_at": event.occurred_at,
        "actor": {"kind": event.actor_kind, "id": event.actor_id},
    }


def here(position: Position, tenant_id: UUID) -> bytes:
    """Tells the client where it stands, without an event: the id of a message without data is kept by browsers."""
    return f"id: {name_of(position, tenant_id)}\n\n".encode()


def gap(position: Position, tenant_id: UUID) -> bytes:
    """Tells the client that it may have missed something and had better read anew; it goes on from here."""
    return f"event: {GAP}\nid: {name_of(position, tenant_id)}\ndata: {{}}\n\n".encode()


def heartbeat(position: Position, tenant_id: UUID) -> bytes:
    """A sign of life: a comment for proxies, and an event of its own for scripts, which browsers show no comments."""
    return f": heartbeat\nevent: {BEAT}\nid: {name_of(position, tenant_id)}\ndata: {{}}\n\n".encode()
