"""Serializers that take exactly what they name, in exactly the type that they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from apps.kernel.api.customs import CUSTOM, CustomValuesField, fields_entity
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.customs import FieldDefinitions
from apps.kernel.references.fields import reference_fields
from apps.kernel.services import service

# A query string that is not encoded turns the plus of an offset into a blank.
LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")
PREFIXES = ("cf_", "cf:")
# Kinds of field and their options, by the class of the serializer and the column.
_COLUMNS: WeakKeyDictionary[type, dict[Any, tuple[Any, dict[str, Any]]]] = WeakKeyDictionary()
FORBIDDEN = frozenset({"id", "tenant_id", "organization_id", "version", "created_at", "updated_at", "deleted_at"})


class StrictCharField(serializers.CharField):
    """Text and nothing else: a number is not turned into text."""

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Look at the type before blanks are looked at."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class StrictIntegerField(serializers.IntegerField):
    """A whole JSON number: neither text nor `2.0`."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """`true` or `false`: neither text nor 1."""

    def to_internal_value(self, data: Any) -> bool:
        """The claim."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictUUIDField(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> Any:
        """The id."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class StrictMomentField(serializers.DateTimeField):
    """A moment as text, with its offset or `Z`; the value is in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        """The moment."""
        moment = _moment(value) if isinstance(value, str) else None
        if moment is None:
            self.fail("invalid", format="RFC 3339")
        return moment


def _moment(text: str) -> datetime | None:
    """The moment in UTC; None for a text that is none, has no offset, or lies beyond the calendar in UTC."""
    try:
        found = parse_datetime(LOST_PLUS.sub("+", text))
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class StrictSerializer(serializers.Serializer[Any]):
    """Refuse fields that the serializer does not take, together with every other complaint."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "unknown": _("There is no such field."),
        "read_only": _("This field cannot be written."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The checked values. Raises ValidationError with the complaints about all fields."""
        complaints = self._strangers(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise serializers.ValidationError({**detail, **complaints}) from error
        if complaints:
            raise serializers.ValidationError(complaints)
        return values

    def _strangers(self, data: Mapping[str, Any]) -> dict[str, list[serializers.ErrorDetail]]:
        found = {}
        for name in data:
            field = self.fields.get(name)
            if field is not None and not field.read_only:
                continue
            code = "read_only" if field is not None or name in FORBIDDEN else "unknown"
            found[str(name)] = [serializers.ErrorDetail(str(self.error_messages[code]), code)]
        return found


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """The same for a model; `id`, `version` and the time stamps may be shown and never written.

    Uniqueness is left to the command and the database, whose answer is 409.
    """

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictCharField,
        models.TextField: StrictCharField,
        models.IntegerField: StrictIntegerField,
        models.PositiveIntegerField: StrictIntegerField,
        models.PositiveSmallIntegerField: StrictIntegerField,
        models.SmallIntegerField: StrictIntegerField,
        models.BigIntegerField: StrictIntegerField,
        models.BooleanField: StrictBooleanField,
        models.UUIDField: StrictUUIDField,
    }
    serializer_choice_field = serializers.ChoiceField

    def get_fields(self) -> dict[str, Any]:
        """The fields, without references into modules that are not installed; custom fields where there are some."""
        model = self.Meta.model
        absent = {item.name for item in reference_fields(model) if not item.is_available}
        found = {name: field for name, field in super().get_fields().items() if name not in absent}
        if issubclass(model, CustomFields):
            found[CUSTOM] = CustomValuesField(source="custom", required=False)
        return found

    def to_internal_value(self, data: Any) -> Any:
        """The checked values; custom ones, also those given as `cf_<key>`, as `custom_fields`.

        What they are worth is judged by the command, which knows the record; here only where something else is
        wrong already, so that the answer has all complaints.
        """
        if not issubclass(self.Meta.model, CustomFields) or not isinstance(data, Mapping):
            return super().to_internal_value(data)
        body = gathered(data)
        try:
            values = super().to_internal_value(body)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **self._custom_complaints(body)}) from error  # type: ignore[dict-item]
        if "custom" in values:
            values[CUSTOM] = values.pop("custom")
        return values

    def _custom_complaints(self, body: Mapping[str, Any]) -> dict[str, Any]:
        given = body.get(CUSTOM, {})
        if not isinstance(given, Mapping):
            return {}
        entity, found = fields_entity(self), {}
        for item in service(FieldDefinitions).complaints(entity, given, is_new=not self.partial):
            found[item.field] = [serializers.ErrorDetail(item.message, item.code)]
        return found

    def get_validators(self) -> list[Any]:
        """None of DRF's own look-ups for duplicates."""
        return []

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """The same for a single column: DRF would take a record's own value in a PUT for somebody else's.

        What becomes of a column follows from the class alone, so it is found out once; but for arrays, whose items
        have a field that belongs to one serializer.
        """
        known = _COLUMNS.setdefault(type(self), {})
        if model_field not in known:
            kind, options = super().build_standard_field(field_name, model_field)
            kept = [item for item in options.pop("validators", ()) if not isinstance(item, UniqueValidator)]
            found = kind, {**options, "validators": kept} if kept else options
            if "child" in options:
                return found
            known[model_field] = found
        kind, options = known[model_field]
        return kind, dict(options)

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Keep what belongs to the platform from being written, and single-field look-ups out."""
        extra: dict[str, Any] = super().get_extra_kwargs()
        for name in FORBIDDEN & set(self.Meta.fields):
            extra.setdefault(name, {})["read_only"] = True
        return extra


def gathered(data: Mapping[str, Any]) -> dict[str, Any]:
    """The body with `cf_<key>` and `cf:<key>` moved to `custom_fields`. Raises ValidationError for a repeated key."""
    own = {name[3:]: value for name, value in data.items() if name.startswith(PREFIXES)}
    rest = {name: value for name, value in data.items() if not name.startswith(PREFIXES)}
    given = rest.get(CUSTOM, {})
    if not own or not isinstance(given, Mapping):
        return rest
    if twice := sorted(set(own) & set(given)):
        raise serializers.ValidationError({f"cf_{key}": [_("This field is given twice.")] for key in twice})
    return {**rest, CUSTOM: {**given, **own}}


class Empty(StrictSerializer):
    """A body without fields: for actions that need none."""
