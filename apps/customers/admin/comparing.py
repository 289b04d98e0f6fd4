"""Two records side by side, field by field, for whoever merges them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.customers.calculations import Side, by_field, is_empty, proposed
from apps.customers.models import CustomerRecord
from apps.customers.services.merging import CUSTOM, TOGETHER, merge_fields
from apps.kernel.admin.customs import entered_text
from apps.kernel.admin.labels import Labels
from apps.kernel.admin.wording import NOTHING, field_label, value_text
from apps.kernel.customs import FieldDefinitions
from apps.kernel.services import service


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both: as words, and whose value is proposed."""

    name: str
    label: str
    this: str
    other: str
    choice: str
    differs: bool


def lines(this: CustomerRecord, other: CustomerRecord, labels: Labels, given: Mapping[str, str]) -> list[Line]:
    """Every field that either has a value of; `given` holds what was chosen already, by `choice-<field>`."""
    newer = Side.OTHER if other.updated_at > this.updated_at else Side.THIS
    labels.fetch_rows([this, other])
    return [*_own(this, other, labels, given, newer), *_custom(this, other, labels, given, newer)]


def _own(
    this: CustomerRecord, other: CustomerRecord, labels: Labels, given: Mapping[str, str], newer: Side
) -> Iterator[Line]:
    for name in merge_fields(type(this)):
        values = [getattr(row, name) for row in (this, other)]
        if all(map(is_empty, values)):
            continue
        field: Any = this._meta.get_field(name)
        mine, theirs = (_words(row, name, labels) for row in (this, other))
        choice = given.get(f"choice-{name}") or proposed(*values, newer=newer)
        yield Line(name, field_label(field, name), mine, theirs, choice, mine != theirs)


def _words(row: CustomerRecord, name: str, labels: Labels) -> str:
    columns = (name, *TOGETHER.get(name, ()))
    parts = [value_text(row._meta.get_field(column), getattr(row, column), labels) for column in columns]  # type: ignore[arg-type]
    return " ".join(part for part in parts if part != NOTHING) or NOTHING


def _custom(
    this: CustomerRecord, other: CustomerRecord, labels: Labels, given: Mapping[str, str], newer: Side
) -> Iterator[Line]:
    stored = [by_field(row.custom) for row in (this, other)]
    fields = [service(FieldDefinitions).form_fields(str(row.entity_id), row.custom) for row in (this, other)]
    for key, field in fields[0].items():
        values = [own.get(key) for own in stored]
        if all(map(is_empty, values)):
            continue
        mine, theirs = (
            entered_text(own[key], own[key].initial, labels) if held.get(key) else NOTHING
            for own, held in zip(fields, stored, strict=True)
        )
        choice = given.get(f"choice-{CUSTOM}{key}") or proposed(*values, newer=newer)
        yield Line(f"{CUSTOM}{key}", str(field.label), mine, theirs, choice, values[0] != values[1])
