"""Records of tenants' own types: adding, changing, deleting. Each type has features of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.entities.features import MANAGE_RECORDS, record_feature
from apps.entities.models import Record, RecordType
from apps.entities.selectors.types import type_of_key
from apps.entities.services.types import create_type
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import hold
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope, current_scope

OPEN = "each type of record has a feature of its own, which the command demands"


def _new(scope: Scope) -> dict[str, Any]:
    key = f"thing_{uuid7().hex[-8:]}"
    create_type(key=key, label="Thing", label_plural="Things")
    return {"type_key": key, "title": "First thing"}


def _some(scope: Scope) -> dict[str, Any]:
    return {"record_id": create_record(**_new(scope)).pk}


def _changed(scope: Scope) -> dict[str, Any]:
    return {**_some(scope), "title": "Another name"}


@command("entities.record.create", open_reason=OPEN, example=_new)
def create_record(type_key: str, *, title: str = "", custom_fields: Mapping[str, Any] | None = None) -> Record:
    """Add a record to the organization; `title` may be left out where a field of the type names its records.

    Raises RowNotFound for an unknown type, FeatureRequired, InvalidInput.
    """
    kind = type_of_key(type_key)
    demand_feature(current_scope(), record_feature(kind.key, MANAGE_RECORDS))
    # Others may add at the same time; whoever deletes the type waits, or is waited for.
    if not hold(ENTITIES[RecordType.entity_id], {kind.pk}):
        raise RowNotFound
    record = Record(type=kind, title=title)
    record.take(custom_fields or {})
    _judge(record, kind)
    record.save(force_insert=True)
    return record


@command("entities.record.update", open_reason=OPEN, example=_changed)
def update_record(
    record_id: UUID, *, title: str | None = None, custom_fields: Mapping[str, Any] | None = None
) -> Record:
    """Change title or fields; None leaves them as they are. Raises RowNotFound, FeatureRequired, InvalidInput."""
    record = _living(record_id)
    record.title = record.title if title is None else title
    record.take(custom_fields)
    _judge(record, record.type)
    record.save(update_fields=["title", "custom", "version"])
    return record


@command("entities.record.delete", open_reason=OPEN, example=_some)
def delete_record(record_id: UUID) -> Record:
    """Hide a record. Raises RowNotFound, FeatureRequired, InUse with counts."""
    record = _living(record_id)
    keep_pointers_out(record)
    hide(record)
    return record


def _living(record_id: UUID) -> Record:
    record = load_living(Record, record_id)
    demand_feature(current_scope(), record_feature(record.type.key, MANAGE_RECORDS))
    return record


def _judge(record: Record, kind: RecordType) -> None:
    """Check everything, and give the record the name that one of its fields holds."""
    named = bool(kind.label_field)
    demand_valid(record, () if named else ("title",))
    if named:
        value = record.custom.get(kind.label_field)
        record.title = str(value)[:200] if value is not None else record.title
