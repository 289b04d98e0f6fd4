"""Which fields of a serializer are plain columns: those are read without building a single model instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from rest_framework import serializers

from apps.kernel.api.customs import CustomValuesField, fields_entity
from apps.kernel.customs import FieldDefinitions
from apps.kernel.services import service

Render = Callable[[Any], Any]
RenderAll = Callable[[Sequence[Any]], Sequence[Any]]

# DRF shows values of these as they are, or as the JSON encoder shows them.
PLAIN: tuple[type[serializers.Field[Any, Any, Any, Any]], ...] = (
    serializers.CharField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.UUIDField,
    serializers.DateTimeField,
    serializers.DateField,
    serializers.ChoiceField,
    serializers.DecimalField,
    serializers.JSONField,
    serializers.DictField,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the record that is one column: `source` is its ORM name, `render` shows a value, None as it is.

    `render_all` shows the values of all records of a page or chunk at once.
    The column may stand in a row that a foreign key points to: then `source` leads through the key (`event__name`).
    """

    name: str
    source: str
    field: models.Field[Any, Any]
    render: Render | None = None
    render_all: RenderAll | None = None


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """The readable fields of a serializer in their order; a field that is no plain column has None."""

    columns: Mapping[str, Column | None]

    @property
    def names(self) -> tuple[str, ...]:
        """Every field."""
        return tuple(self.columns)

    def plain(self, names: tuple[str, ...]) -> tuple[Column, ...] | None:
        """The columns of the named fields; None when one of them has to be computed from an instance."""
        chosen = [self.columns[name] for name in names]
        plain = tuple(column for column in chosen if column is not None)
        return plain if len(plain) == len(chosen) else None


@lru_cache(maxsize=1024)
def column_plan(serializer_class: type[serializers.BaseSerializer[Any]], model: type[models.Model]) -> ColumnPlan:
    """The plan of a serializer over a model; made once."""
    fields: Mapping[str, Any] = serializer_class().fields  # type: ignore[attr-defined]
    return ColumnPlan(
        {name: _column(name, field, model) for name, field in fields.items() if not field.write_only},
    )


def _column(name: str, field: Any, model: type[models.Model]) -> Column | None:
    source = field.source
    if isinstance(field, CustomValuesField):
        shown = partial(custom_values, fields_entity(field.parent))
        return Column(name, source, model._meta.get_field(source), render_all=shown)  # type: ignore[arg-type]
    related = isinstance(field, serializers.PrimaryKeyRelatedField)
    if not related and not _shows_values_as_they_are(field):
        return None
    *keys, last = source.split(".")
    for key in keys:
        found = _field_of(model, key)
        if not isinstance(found, models.ForeignKey):
            return None
        model = found.related_model
    found = _field_of(model, last)
    if found is None:
        return None
    path = "__".join([*keys, found.attname])
    return Column(name, path, found, _as_text if isinstance(field, serializers.DecimalField) else None)


def custom_values(entity: str, stored: Sequence[Any]) -> Sequence[Any]:
    """What custom fields hold, as it is shown."""
    return service(FieldDefinitions).shown(entity, stored)


def _field_of(model: type[models.Model], name: str) -> models.Field[Any, Any] | None:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) and found.concrete else None


def _shows_values_as_they_are(field: Any) -> bool:
    if isinstance(field, serializers.ListField):
        return _inherits(field, serializers.ListField) and _shows_values_as_they_are(field.child)
    return any(isinstance(field, kind) and _inherits(field, kind) for kind in PLAIN)


def _inherits(field: Any, kind: type[Any]) -> bool:
    return bool(type(field).to_representation is kind.to_representation)


def _as_text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
