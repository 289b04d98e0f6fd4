"""Response enrichers: what modules add to records of others in REST answers, each under `_<module>`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from apps.kernel.api.renderers import ENCODER
from apps.kernel.errors import Unavailable
from apps.kernel.extensions.errors import OutOfTime
from apps.kernel.extensions.rooms import room
from apps.kernel.registry.entities import Entity
from apps.kernel.registry.points import ExtensionPoint

logger = logging.getLogger(__name__)

SECONDS: Final = 2.0
META: Final = "_meta"
Values = Mapping[UUID, Mapping[str, Any]]
Enrich = Callable[[Sequence[UUID]], Values]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Enricher:
    """Adds to records of the kinds that `entity` (a pattern) and `applies` name.

    `enrich(ids)` is called once for each page, in the reader's scope, with the ids on it, and returns what it
    knows about them; ids that it does not name get nothing. It reads only, in one query. `in_exports` adds the
    column to files as well. `shape` is the JSON Schema of what it gives for one record.
    """

    id: str
    entity: str
    enrich: Enrich
    priority: int = 0
    features: tuple[str, ...] = ()
    applies: Callable[[Entity], bool] | None = None
    in_exports: bool = False
    seconds: float = SECONDS
    shape: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The field under which its values stand: `_<module>`."""
        return f"_{self.id.partition('.')[0]}"

    def concerns(self, entity: Entity) -> bool:
        """Say whether it adds to records of the kind."""
        return fnmatchcase(entity.id, self.entity) and (self.applies is None or self.applies(entity))


ENRICHERS: ExtensionPoint[Enricher] = ExtensionPoint("response enricher")


def response_enricher(enricher_id: str, *, entity: str, **options: Any) -> Callable[[Enrich], Enrich]:
    """Register a function as an enricher; `options` are the other fields of `Enricher`.

    Raises ValueError for a module called `meta`, whose field is taken.
    """

    def register(enrich: Enrich) -> Enrich:
        entry = Enricher(enricher_id, entity, enrich, **options)
        if entry.name == META:
            raise ValueError(f"{META} says what was left out; no enricher can write there")
        ENRICHERS.add(enricher_id, entry)
        return enrich

    return register


def possible_names(entity: Entity) -> tuple[str, ...]:
    """Fields that enrichers may add to records of the kind, for whoever holds their features."""
    return _names(ENRICHERS.in_force(), entity)


def open_names(entity: Entity, *, in_exports: bool = False) -> tuple[str, ...]:
    """Fields that enrichers add for the open scope's actor, in a file only those that are meant for it."""
    return _names((item for item in ENRICHERS.open() if item.in_exports or not in_exports), entity)


def _names(enrichers: Iterable[Enricher], entity: Entity) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.name for item in enrichers if item.concerns(entity)))


def shapes(entity: Entity) -> dict[str, dict[str, Any]]:
    """JSON Schema of each field that enrichers may add."""
    found: dict[str, dict[str, Any]] = {}
    for item in ENRICHERS.in_force():
        if item.concerns(entity):
            known = found.setdefault(item.name, {"type": "object", "properties": {}})
            known["properties"] = {**item.shape.get("properties", {}), **known["properties"]}
    return found


@dataclass
class Enriched:
    """What was found: values by field and record, and which enrichers were left out, with the reason."""

    values: dict[str, dict[UUID, dict[str, Any]]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, record_id: UUID) -> dict[str, Any] | None:
        """What stands in the record's field; None where every enricher of it was left out."""
        known = self.values.get(name)
        return None if known is None else known.get(record_id, {})

    def add(self, enricher: Enricher, found: dict[UUID, dict[str, Any]]) -> None:
        """Take in what an enricher gave; what a former one of the module said stays."""
        known = self.values.setdefault(enricher.name, {})
        for record_id, values in found.items():
            known[record_id] = {**values, **known.get(record_id, {})}

    @property
    def meta(self) -> dict[str, Any]:
        """What an answer says about enrichers that were left out; nothing when none was."""
        missing = [{"enricher": name, "reason": reason} for name, reason in self.left_out.items()]
        return {META: {"left_out": missing}} if missing else {}


def enriched(entity: Entity, ids: Sequence[UUID], names: Iterable[str], *, in_exports: bool = False) -> Enriched:
    """Ask the enrichers of the fields, the first of them first. One that fails or is too slow is left out.

    In a file none can be: Raises Unavailable there, because a gap would look like a value.
    """
    wanted, result = set(names), Enriched()
    chosen = [item for item in ENRICHERS.open() if item.name in wanted and item.concerns(entity)]
    if in_exports:
        chosen = [item for item in chosen if item.in_exports]
    if not ids or not chosen:
        result.values = {item.name: {} for item in chosen}
        return result
    with room() as place:
        for item in chosen:
            try:
                result.add(item, place.run(item.id, partial(_asked, item, ids), seconds=item.seconds))
            except Exception as error:
                logger.exception("response enricher failed", extra={"extension": item.id})
                result.left_out[item.id] = "timed_out" if isinstance(error, OutOfTime) else "failed"
    if in_exports and result.left_out:
        raise Unavailable
    return result


def _asked(enricher: Enricher, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the enricher knows of the ids, as plain JSON; answers about other records are dropped."""
    given = enricher.enrich(tuple(ids))
    return {key: msgspec.json.decode(ENCODER.encode(dict(given[key]))) for key in ids if key in given}


def enrich_records(
    entity: Entity, records: Sequence[Record], ids: Sequence[UUID], names: Sequence[str]
) -> dict[str, Any]:
    """Put what the enrichers know into the records (whose ids stand in the same order); what the answer says of it."""
    found = enriched(entity, ids, names)
    for record, record_id in zip(records, ids, strict=True):
        record |= {name: value for name in names if (value := found.of(name, record_id)) is not None}
    return found.meta
