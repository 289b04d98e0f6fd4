"""`event()`: the declaration of something that happens, and the register of all of them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.dispatch import Signal
from django.utils.functional import Promise

from apps.kernel import clock
from apps.kernel.commands.running import Emitted, running
from apps.kernel.eventbus.patterns import NAME
from apps.kernel.eventbus.payloads import BulkChanged, RecordChanged, encoded
from apps.kernel.registry.store import Registry
from apps.kernel.tenancy.scope import current_scope

Text = str | Promise
P = ParamSpec("P")
PayloadT = TypeVar("PayloadT")


class Broadcast(StrEnum):
    """Who may see an event on the live stream."""

    NONE = "none"
    STAFF = "staff"
    PORTAL = "portal"


class Lifecycle(StrEnum):
    """What happens to records of every kind; written from their images, never emitted by hand."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"
    BULK_CHANGED = "bulk_changed"


class Event(Generic[PayloadT]):
    """A declared event. It is a Django signal: `signal` is sent in the emitting process after the commit.

    `payload` is a frozen dataclass. Receivers of the signal get `payload` and `ctx` (an EventContext).
    """

    def __init__(
        self,
        name: str,
        payload: type[PayloadT],
        *,
        label: Text = "",
        entity: str = "",
        broadcast: Broadcast = Broadcast.NONE,
        triggers_workflows: bool = True,
        is_lifecycle: bool = False,
    ) -> None:
        self.name = name
        self.payload = payload
        self.label = label or name
        self.entity = entity
        self.broadcast = broadcast
        self.triggers_workflows = triggers_workflows
        self.is_lifecycle = is_lifecycle
        self.signal = Signal()

    @property
    def module(self) -> str:
        """Id of the module that declares it."""
        return self.name.partition(".")[0]

    def emit(
        self, *, organization_id: UUID | None = None, recipients: Collection[UUID] | None = None, **facts: Any
    ) -> None:
        """Say that it happened, inside a command; it leaves with the command's commit, or not at all.

        `facts` fill the payload; a `resource_id` among them names the record. `organization_id` is whose event it is
        (None: where the scope writes). `recipients` narrows the live stream to these users. Raises NoRunningCommand,
        and TypeError for facts that the payload has not got.
        """
        if self.is_lifecycle:
            raise TypeError(f"{self.name} is written from row images; nobody emits it")
        payload = self.payload(**facts)
        resource_id = facts.get("resource_id")
        running().emitted.append(
            Emitted(
                name=self.name,
                payload=encoded(payload),
                entity=self.entity,
                entity_id=resource_id if isinstance(resource_id, UUID) else None,
                organization_id=organization_id or current_scope().organization_id,
                recipients=None if recipients is None else tuple(recipients),
                action_id=running().action_id,
                occurred_at=clock.now(),
            )
        )

    def __repr__(self) -> str:
        """Name the event."""
        return f"<event {self.name}>"


EVENTS: Registry[Event[Any]] = Registry("event")
LIFECYCLES: Registry[str] = Registry("table with lifecycle events")  # table → kind of record


def event(
    name: str,
    *,
    payload: type[PayloadT],
    label: Text = "",
    entity: str = "",
    broadcast: str = "none",
    triggers_workflows: bool = True,
) -> Event[PayloadT]:
    """Declare an event in the module's `events.py`. Names are final: `sales.order.confirmed`.

    `entity` is the kind of record that `resource_id` in its payload points to; left out, it is the name without its
    last segment. `broadcast` says who sees it on the live stream: `none`, `staff` or `portal` (customers, and staff as
    well).
    """
    if not NAME.fullmatch(name) or name.count(".") < 2:
        raise ValueError(f"{name!r} is not `<module>.<thing>.<happened>`")
    kind = entity or name.rpartition(".")[0]
    declared = Event(
        name,
        payload,
        label=label,
        entity=kind,
        broadcast=Broadcast(broadcast),
        triggers_workflows=triggers_workflows,
    )
    EVENTS.add(name, declared)
    return declared


def lifecycle_name(entity: str, verb: Lifecycle) -> str:
    """Name of a lifecycle event: `currencies.currency.created`."""
    return f"{entity}.{verb}"


def declare_lifecycle(entity: str, *, table: str, broadcast: str = "none") -> None:
    """Declare the five events that every kind of record has; `table` holds its rows."""
    LIFECYCLES.add(table, entity)
    for verb in Lifecycle:
        payload: type[Any] = BulkChanged if verb is Lifecycle.BULK_CHANGED else RecordChanged
        name = lifecycle_name(entity, verb)
        EVENTS.add(name, Event(name, payload, entity=entity, broadcast=Broadcast(broadcast), is_lifecycle=True))
