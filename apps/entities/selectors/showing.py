"""Values as others see them: in answers of the REST interface, in files, in words on pages, and in the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.text import capfirst

from apps.entities.calculations import Amount, Wrong, canonical, keys_of, lifted, shown
from apps.entities.calculations.richtext import plain
from apps.entities.contracts import FieldDefinition, Kind
from apps.entities.selectors.book import fields_now, own_place
from apps.entities.selectors.definitions import HOLDERS, model_of
from apps.entities.selectors.sealing import opened
from apps.kernel.commands.history.labels import RecordLabels
from apps.kernel.commands.history.wording import MASK, NOTHING, plain_text
from apps.kernel.customs import CustomChange, CustomField
from apps.kernel.errors import PlatformError
from apps.kernel.registry.entities import ENTITIES

Stored = Mapping[str, Any]


def offered_fields(entity: str) -> tuple[CustomField, ...]:
    """The fields that count for the scope's organization, in the language of now."""
    return tuple(
        CustomField(
            key=field.key,
            label=str(field.label),
            group=str(field.group),
            help=str(field.help),
            is_listed=field.is_listed,
            is_visible=field.is_visible,
        )
        for field in fields_now(entity).of(own_place(entity)).values()
    )


def shown_values(entity: str, stored: Sequence[Stored]) -> list[dict[str, Any]]:
    """Values for the REST interface: of each field that counts here, and of others that the row holds."""
    fields = fields_now(entity)
    here, every = fields.of(own_place(entity)), fields.every
    blank = dict.fromkeys(here)
    return [
        {**blank, **{key: _shown(entity, field, row) for key, field in every.items() if row.get(key) is not None}}
        for row in stored
    ]


def _shown(entity: str, field: FieldDefinition, row: Stored) -> Any:
    if field.is_encrypted:
        return opened(model_of(entity)._meta.db_table, field.key, row.get(field.key))
    return shown(lifted(field, row))


def cell_values(entity: str, stored: Sequence[Stored]) -> list[dict[str, Any]]:
    """Values for the cells of a file, by key: numbers stay numbers, an amount is one text with its currency."""
    every = fields_now(entity).every
    return [
        {key: _cell(field, row[key]) for key, field in every.items() if key in row}
        for row in shown_values(entity, stored)
    ]


def _cell(field: FieldDefinition, value: Any) -> Any:
    if field.kind is Kind.DECIMAL and value is not None:
        return Decimal(value)
    if field.kind is Kind.CURRENCY and value is not None:
        return f"{value['amount']} {value['currency']}"
    return ", ".join(value) if isinstance(value, list) else value


def worded_values(entity: str, stored: Sequence[Stored]) -> list[dict[str, str]]:
    """Values in words, for pages."""
    every, labels = fields_now(entity).every, RecordLabels()
    rows = [{key: _plain(entity, field, row) for key, field in every.items() if key in row} for row in stored]
    labels.fetch(_pointers(every, rows))
    return [{key: _words(every[key], value, labels) for key, value in row.items()} for row in rows]


def _plain(entity: str, field: FieldDefinition, row: Stored) -> Any:
    """The canonical value, of an encrypted field too."""
    if not field.is_encrypted:
        return lifted(field, row)
    try:
        value = _shown(entity, field, row)
        return None if value is None else canonical(field, value)
    except (PlatformError, Wrong):
        return MASK


def _pointers(every: Mapping[str, FieldDefinition], rows: Iterable[Stored]) -> list[tuple[str, UUID | None]]:
    return [
        (target, UUID(value))
        for row in rows
        for key, value in row.items()
        if value is not None and (target := target_of(every[key]))
    ]


def target_of(field: FieldDefinition) -> str:
    """The entity that values of the field point to; "" for a field that points to nothing, or nothing installed."""
    target = field.target if field.kind is Kind.RELATION else HOLDERS.get(field.kind, "")
    return target if target in ENTITIES else ""


def _words(field: FieldDefinition, value: Any, labels: RecordLabels) -> str:
    if value is None or value == []:
        return NOTHING
    if target := target_of(field):
        return labels.text(target, UUID(value))
    if field.kind in {Kind.SELECT, Kind.MULTISELECT}:
        names = {option.value: str(option.label) for option in field.options}
        return ", ".join(names.get(item, item) for item in ([value] if isinstance(value, str) else value))
    return plain_text(_typed(field, value))


def _typed(field: FieldDefinition, value: Any) -> Any:
    """The value in the type that is worded best."""
    if isinstance(value, Amount):
        return f"{plain_text(value.amount)} {value.currency}"
    try:
        if field.kind is Kind.DATE:
            return date.fromisoformat(value)
        if field.kind is Kind.DATETIME:
            return datetime.fromisoformat(value)
    except ValueError:
        return value
    return plain(value) if field.kind is Kind.RICHTEXT else value


def changed_values(entity: str, before: Stored, after: Stored, *, reveals: bool) -> list[CustomChange]:
    """What differs between two states of a row, field by field; what nobody defines any more by its key."""
    every, labels = fields_now(entity).every if entity else {}, RecordLabels()
    keys = dict.fromkeys([*every, *(name.partition(".")[0] for name in (*before, *after))])
    changed = [key for key in keys if any(before.get(name) != after.get(name) for name in keys_of(key))]
    return [_change(entity, every.get(key), key, (before, after), labels, reveals=reveals) for key in changed]


def _change(
    entity: str,
    field: FieldDefinition | None,
    key: str,
    states: tuple[Stored, Stored],
    labels: RecordLabels,
    *,
    reveals: bool,
) -> CustomChange:
    label = capfirst(str(field.label)) if field else capfirst(key.replace("_", " "))
    is_sealed = any(keys_of(key)[2] in state for state in states)
    if is_sealed and (field is None or not reveals):
        old, new = (MASK if state.get(key) is not None else NOTHING for state in states)
        return CustomChange(key, label, old, new, is_hidden=True)
    old, new = (_text(entity, field, key, state, labels) for state in states)
    return CustomChange(key, label, old, new)


def _text(entity: str, field: FieldDefinition | None, key: str, state: Stored, labels: RecordLabels) -> str:
    value = state.get(key)
    if value is None:
        return NOTHING
    if field is None:
        return plain_text(Decimal(str(value)) if isinstance(value, float) else value)
    is_plain = field.is_encrypted and keys_of(key)[2] not in state
    value = _plain(entity, field, state) if not is_plain else value
    return value if value == MASK else _words(field, value, labels)
