"""Names of records of several organizations that stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Final, TypeVar
from uuid import UUID

from apps.kernel.registry.entities import ENTITIES

ORGANIZATION: Final = "directory.organization"

KeyT = TypeVar("KeyT", bound=Hashable)


def told_apart(named: Iterable[tuple[KeyT, str, UUID | None]]) -> dict[KeyT, str]:
    """Names by key, of (key, name, id of the organization); of those that are called the same each with its
    organization, as far as the actor sees it. One query where there are any, none otherwise."""
    rows = list(named)
    times = Counter(name for _key, name, _owner in rows)
    owners = {owner for _key, name, owner in rows if times[name] > 1 and owner is not None}
    called = ENTITIES[ORGANIZATION].labels(owners) if owners and ORGANIZATION in ENTITIES else {}
    return {
        key: f"{name} ({called[owner]})" if times[name] > 1 and owner in called else name for key, name, owner in rows
    }
