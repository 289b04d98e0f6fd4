"""The command that runs right now: its action, the rows it is about, and the roots it touched."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from apps.kernel.commands.declarations import CommandSpec
from apps.kernel.commands.errors import NoRunningCommand

LABEL_LENGTH = 200
RootKey = tuple[type[models.Model], UUID]


@dataclass(slots=True)
class Resource:
    """The record that an action is about, as the history shows it."""

    entity: str
    id: UUID | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event that a command announced and that leaves with its commit; `payload` is plain JSON values."""

    name: str
    payload: dict[str, Any]
    entity: str
    entity_id: UUID | None
    organization_id: UUID | None
    recipients: tuple[UUID, ...] | None
    action_id: UUID
    occurred_at: datetime


@dataclass(slots=True)
class RunningCommand:
    """State of one command between its first and its last statement."""

    action_id: UUID
    spec: CommandSpec
    parent: RunningCommand | None
    resource: Resource
    touched: dict[RootKey, None] = field(default_factory=dict)
    bumped: set[RootKey] = field(default_factory=set)
    organizations: set[UUID] = field(default_factory=set)
    finished: list[UUID] = field(default_factory=list)  # actions inside this one that went through
    emitted: list[Emitted] = field(default_factory=list)

    @property
    def outermost(self) -> RunningCommand:
        """The command that owns the transaction."""
        return self.parent.outermost if self.parent else self

    def take_over(self, inner: RunningCommand) -> None:
        """Make an inner command's events and organizations this one's, now that it went through."""
        self.finished += [inner.action_id, *inner.finished]
        self.emitted += inner.emitted
        self.organizations |= inner.organizations


_running: ContextVar[RunningCommand | None] = ContextVar("agora_running", default=None)


def running_or_none() -> RunningCommand | None:
    """The innermost running command, or None."""
    return _running.get()


def running() -> RunningCommand:
    """The innermost running command. Raises NoRunningCommand outside one."""
    found = _running.get()
    if found is None:
        raise NoRunningCommand
    return found


def label_of(row: models.Model) -> str:
    """How the history names a row: `audit_label` where the model has one, else its `str`."""
    label: Any = getattr(row, "audit_label", None)
    return str(label if label is not None else row)[:LABEL_LENGTH]


def about(row: models.Model) -> None:
    """Say which record the running command is about; loading it for update says so as well."""
    resource = running().resource
    entity = getattr(row, "entity_id", "")
    if entity and (not resource.entity or resource.entity == entity):
        resource.entity, resource.id, resource.label = entity, row.pk, label_of(row)


def touch(root: models.Model) -> None:
    """Have the executor bump the version of an aggregate root once, when the command ends."""
    running().outermost.touched[type(root), root.pk] = None


def note_bump(row: models.Model) -> None:
    """Remember that the row's version has been bumped already."""
    found = running_or_none()
    if found is not None:
        found.outermost.bumped.add((type(row), row.pk))
