"""`expand=customer,lines.product`: records beside the record, fetched once for each kind and page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from apps.kernel.api.reading.complaints import Asked
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.store import Registry

DEEPEST = 2
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Something that may be shown in full.

    `reference`: `source` names the field of the record that holds the other's id, and the expansion is one record
    or null. `children`: `source` names the field of the *other* records that holds this one's id, and the
    expansion is the list of them, at most `most`, by id.
    """

    entity: str
    source: str
    is_children: bool = False
    most: int = 1000


def reference(entity: str, source: str) -> Expansion:
    """The record whose id stands in the field `source`."""
    return Expansion(entity, source)


def children(entity: str, source: str, *, most: int = 1000) -> Expansion:
    """The records whose field `source` holds this record's id."""
    return Expansion(entity, source, is_children=True, most=most)


class Resource(Protocol):
    """What the router knows of an entity's view set, as far as other resources need it."""

    @classmethod
    def offered_expansions(cls) -> Mapping[str, Expansion]:
        """What of its records may be expanded in turn."""
        ...

    @classmethod
    def records(cls, column: str, ids: Iterable[UUID], *, most: int | None = None) -> list[Record]:
        """Records whose column holds one of the ids, as far as the actor sees them; one query."""
        ...

    @classmethod
    def may_read(cls) -> bool:
        """Say whether the actor may see records of the kind in full."""
        ...


RESOURCES: Registry[type[Resource]] = Registry("resource")


@dataclass
class Wish:
    """What to expand, as a tree of names."""

    inner: dict[str, Wish] = field(default_factory=dict)


def wishes(asked: Asked, offered: Mapping[str, Expansion]) -> Wish:
    """Read `expand=`; complains about names that are not offered and about more than two levels."""
    root = Wish()
    for path in asked.names("expand") or ():
        steps = path.split(".")
        if len(steps) > DEEPEST or not _is_offered(steps, offered):
            asked.refuse_unknown("expand", "kernel.expand.unknown", unknown=[path], known=_paths(offered))
            continue
        place = root
        for step in steps:
            place = place.inner.setdefault(step, Wish())
    return root


def _is_offered(steps: Sequence[str], offered: Mapping[str, Expansion]) -> bool:
    for step in steps:
        if step not in offered:
            return False
        resource = RESOURCES.get(offered[step].entity)
        offered = resource.offered_expansions() if resource else {}
    return True


def _paths(offered: Mapping[str, Expansion]) -> list[str]:
    found = list(offered)
    for name, item in offered.items():
        resource = RESOURCES.get(item.entity)
        found += [f"{name}.{inner}" for inner in (resource.offered_expansions() if resource else ())]
    return found


def expand(records: Sequence[Record], wish: Wish, offered: Mapping[str, Expansion]) -> None:
    """Put what was asked for into the records, under the expansion's name."""
    for name, inner in wish.inner.items():
        item = offered[name]
        if item.is_children:
            _add_children(records, name, item, inner)
        else:
            _add_references(records, name, item, inner)


def _add_references(records: Sequence[Record], name: str, item: Expansion, inner: Wish) -> None:
    ids = {UUID(str(record[item.source])) for record in records if record.get(item.source)}
    found = {str(other["id"]): other for other in _others(item, "id", ids, inner)}
    for record in records:
        record[name] = found.get(str(record.get(item.source)))


def _add_children(records: Sequence[Record], name: str, item: Expansion, inner: Wish) -> None:
    grouped: dict[str, list[Record]] = {str(record["id"]): [] for record in records}
    for other in _others(item, item.source, {UUID(key) for key in grouped}, inner):
        grouped[str(other[item.source])].append(other)
    for record in records:
        record[name] = grouped[str(record["id"])]


def _others(item: Expansion, column: str, ids: set[UUID], inner: Wish) -> list[Record]:
    """In full for who may read them; label and id for others; nothing for what the actor does not see."""
    if not ids:
        return []
    resource = RESOURCES.get(item.entity)
    if resource is None or not resource.may_read():
        return _labelled(item, ids) if not item.is_children else []
    found = resource.records(column, ids, most=item.most if item.is_children else None)
    expand(found, inner, resource.offered_expansions())
    return found


def _labelled(item: Expansion, ids: set[UUID]) -> list[Record]:
    target = ENTITIES.get(item.entity)
    if target is None:
        return []
    return [{"id": record_id, "label": label} for record_id, label in target.labels(ids).items()]
