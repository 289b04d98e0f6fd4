"""Fields of a target, derived from what a resource's serializer takes and from the tenant's own fields."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import translation
from rest_framework import serializers

from apps.kernel.api.customs import CUSTOM, fields_entity
from apps.kernel.customs import CustomField, FieldDefinitions
from apps.kernel.imports.planning.fields import FieldKind, ImportField
from apps.kernel.services import service

# The first class that fits; a field of another class takes no text.
KINDS: Final[tuple[tuple[type[Any], FieldKind], ...]] = (
    (serializers.BooleanField, FieldKind.BOOLEAN),
    (serializers.MultipleChoiceField, FieldKind.LIST),
    (serializers.ChoiceField, FieldKind.CHOICE),
    (serializers.IntegerField, FieldKind.INTEGER),
    (serializers.DecimalField, FieldKind.DECIMAL),
    (serializers.DateTimeField, FieldKind.DATETIME),
    (serializers.DateField, FieldKind.DATE),
    (serializers.UUIDField, FieldKind.REFERENCE),
    (serializers.CharField, FieldKind.TEXT),
    (serializers.ListField, FieldKind.LIST),
)
TRUE_OR_FALSE: Final = {"", "true", "false"}


def resource_fields(serializer: Any) -> tuple[ImportField, ...]:
    """Fields that a serializer takes from a table: its own, and behind them custom ones as `cf_<key>`."""
    model = serializer.Meta.model
    own = [_own(name, item, model) for name, item in serializer.fields.items() if not item.read_only]
    customs = custom_fields(fields_entity(serializer)) if CUSTOM in serializer.fields else ()
    return (*(item for item in own if item is not None), *customs)


def takes_only_cells(serializer: Any) -> bool:
    """Say whether a row of a table can hold everything that the serializer demands."""
    demanded = [item for item in serializer.fields.values() if item.required and not item.read_only]
    return all(_is_of_a_cell(item) for item in demanded)


def _is_of_a_cell(item: Any) -> bool:
    known = any(isinstance(item, kind) for kind, _kind in KINDS)
    return known and (not isinstance(item, serializers.ListField) or _is_of_texts(item))


def _own(name: str, item: Any, model: type[models.Model]) -> ImportField | None:
    kind = next((kind for known, kind in KINDS if isinstance(item, known)), None)
    if kind is None or not _is_of_a_cell(item):
        return None
    column = column_of(model, item.source or name)
    target = target_of(column)
    if kind is FieldKind.REFERENCE and not target:
        kind = FieldKind.UUID
    return ImportField(
        name,
        kind,
        required=bool(item.required),
        label=_capital(str(getattr(column, "verbose_name", "") or item.label or name)),
        aliases=_aliases(column),
        choices=tuple((str(value), label) for value, label in getattr(item, "choices", {}).items()),
        target=target,
        part=str(getattr(column, "within", "")),
    )


def _is_of_texts(item: Any) -> bool:
    return isinstance(item.child, serializers.CharField | serializers.ChoiceField)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def column_of(model: type[models.Model], source: str) -> Any:
    """The model's field behind a field of the serializer; None where there is none."""
    for name in (source, source.removesuffix("_id")):
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def target_of(column: Any) -> str:
    """The entity that a column points to, "" for one that points nowhere."""
    if isinstance(column, models.ForeignKey):
        return str(getattr(column.related_model, "entity_id", ""))
    return str(getattr(column, "target", "") or "")


def _aliases(column: Any) -> tuple[str, ...]:
    """What the column is called in every language of the house."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(getattr(column, "verbose_name", "") or ""))
    return tuple(dict.fromkeys(name for name in found if name))


def custom_fields(entity: str) -> tuple[ImportField, ...]:
    """The tenant's fields of an entity, as far as a cell can hold their values."""
    port = service(FieldDefinitions)
    inputs = port.form_fields(entity, None)
    return tuple(_custom(entity, item, inputs[item.key]) for item in port.fields(entity) if item.key in inputs)


def _custom(entity: str, field: CustomField, given: forms.Field) -> ImportField:
    choices = tuple((str(value), str(label)) for value, label in getattr(given, "choices", ()) if value != "")
    target = service(FieldDefinitions).target(entity, field.key)
    kind = FieldKind.REFERENCE if target and not choices else _kind_of(given)
    choices = choices if kind is FieldKind.CHOICE else ()
    return ImportField(field.name, kind, label=field.label, aliases=(field.key,), choices=choices, target=target)


def _kind_of(given: forms.Field) -> FieldKind:
    mode = given.widget.attrs.get("inputmode", "")
    if isinstance(given, forms.MultiValueField):
        return FieldKind.MONEY
    if isinstance(given, forms.MultipleChoiceField):
        return FieldKind.LIST
    if isinstance(given, forms.ChoiceField):
        choices: Any = given.choices
        values = {value for value, _label in choices}
        return FieldKind.BOOLEAN if values == TRUE_OR_FALSE else FieldKind.CHOICE
    if isinstance(given, forms.DateTimeField):
        return FieldKind.DATETIME
    if isinstance(given, forms.DateField):
        return FieldKind.DATE
    return {"decimal": FieldKind.DECIMAL, "numeric": FieldKind.INTEGER}.get(mode, FieldKind.TEXT)
