"""Names of records of several organizations that stand side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar
from uuid import UUID

from apps.kernel.registry.entities import ENTITIES, Entity

ORGANIZATION: Final = "directory.organization"

KeyT = TypeVar("KeyT", bound=Hashable)


def told_apart(named: Iterable[tuple[KeyT, str, UUID | None]]) -> dict[KeyT, str]:
    """Names by key, of (key, name, id of the organization). Where several organizations have one of the name, each
    stands with its organization, as far as the actor sees it: one query then, none otherwise."""
    rows, owners = list(named), defaultdict[str, set[UUID | None]](set)
    for _key, name, owner in rows:
        owners[name].add(owner)
    asked = {owner for found in owners.values() if len(found) > 1 for owner in found if owner is not None}
    called = ENTITIES[ORGANIZATION].labels(asked) if asked and ORGANIZATION in ENTITIES else {}
    return {key: _worded(name, called.get(owner) if len(owners[name]) > 1 else None) for key, name, owner in rows}  # type: ignore[arg-type]


def records_told_apart(kind: Entity, named: Mapping[UUID, str]) -> dict[UUID, str]:
    """The same for records of a kind; their organizations are looked up where names are there more than once."""
    times = Counter(named.values())
    twins = [record_id for record_id, name in named.items() if times[name] > 1]
    if not twins or not any(field.attname == "organization_id" for field in kind.model._meta.concrete_fields):
        return dict(named)
    rows = kind.model._default_manager.filter(pk__in=twins)
    owners = dict(rows.values_list("pk", "organization_id"))
    return told_apart((record_id, name, owners.get(record_id)) for record_id, name in named.items())


def _worded(name: str, owner: str | None) -> str:
    return f"{name} ({owner})" if owner else name
