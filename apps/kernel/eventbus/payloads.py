"""What events carry: frozen dataclasses of ids and changed facts, as JSON in the outbox; never rows or secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import msgspec

PayloadT = TypeVar("PayloadT")
LARGEST = 16 * 1024  # bytes of JSON: what is larger is a row, and belongs where the id points


@dataclass(frozen=True, slots=True)
class RecordChanged:
    """A record was created, updated, deleted (also hidden) or restored.

    `changed` names the columns whose values differ after an update; it is empty for the others. `version` is the
    record's version after the change, None for a kind without one. `cause` is `undo` for a change that was taken back
    or done again, else "". `id` is the same as `resource_id`.
    """

    resource_id: UUID
    changed: tuple[str, ...] = ()
    version: int | None = None
    cause: str = ""
    id: UUID | None = None

    def __post_init__(self) -> None:
        """Fill in what events from before do not say."""
        object.__setattr__(self, "id", self.resource_id)


@dataclass(frozen=True, slots=True)
class BulkChanged:
    """More than a hundred records of one kind changed in one action: `operation` is one verb, or `mixed`."""

    action_id: UUID
    count: int
    operation: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class TablesLoaded:
    """A declared bulk load filled tables without row images; `entities` are the kinds of record that stand in them."""

    action_id: UUID
    entities: tuple[str, ...]
    reason: str


def encoded(payload: object) -> dict[str, Any]:
    """The payload as plain JSON values. Raises ValueError for one that is too large to be facts."""
    facts = {name: _plain(value) for name, value in _items(payload)}
    size = len(msgspec.json.encode(facts))
    if size > LARGEST:
        raise ValueError(f"a payload of {size} bytes is not a fact: events carry ids and what changed")
    return facts


def decoded(kind: type[PayloadT], facts: Mapping[str, Any]) -> PayloadT:
    """The payload of that type. What an older or newer release left out or added does not matter."""
    return msgspec.convert(dict(facts), kind, strict=False)


def _items(payload: object) -> list[tuple[str, Any]]:
    if not dataclasses.is_dataclass(payload) or isinstance(payload, type):
        raise TypeError(f"a payload is a dataclass, not {type(payload).__name__}")
    return [(item.name, getattr(payload, item.name)) for item in dataclasses.fields(payload)]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(item) for item in (sorted(value) if isinstance(value, frozenset | set) else value)]
    if dataclasses.is_dataclass(value):
        return {name: _plain(item) for name, item in _items(value)}
    raise TypeError(f"an event carries no {type(value).__name__}")
