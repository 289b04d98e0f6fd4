"""Shapes of definitions in the REST interface."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.entities.calculations.definitions import MOST_OPTIONS
from apps.entities.models import FieldDefinition, KindChoices
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer, StrictUUIDField

PARTS = ("value", "label", "colour")
TEXT = {"type": "string"}
OPTIONS = {
    "type": "array",
    "maxItems": MOST_OPTIONS,
    "items": {
        "type": "object",
        "properties": {
            "value": {"type": "string", "minLength": 1, "maxLength": 100},
            "label": {"type": "string", "maxLength": 120, "description": "What people read; the value by default."},
            "colour": {"type": "string", "description": "`#rrggbb`, or empty."},
        },
        "required": ["value"],
        "additionalProperties": False,
    },
}


@extend_schema_field(OPTIONS)
class OptionsField(serializers.JSONField):
    """A list of `{value, label, colour}`."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_a_list": _("Give a list of options."),
        "not_an_option": _("An option is an object of value, label and colour, all of them texts."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The options as they came, if they have the shape of options."""
        if not isinstance(data, list):
            self.fail("not_a_list")
        for item in data:
            if not isinstance(item, dict) or not set(item) <= set(PARTS) or not _are_texts(item.values()):
                self.fail("not_an_option")
        return data


def _are_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


@extend_schema_field(
    {
        "type": ["string", "number", "boolean", "array", "object"],
        "description": "A value of the field, as records show it; null for none.",
    }
)
class DefaultField(serializers.JSONField):
    """A value of the field that is being defined; the command judges it."""


class DefinitionSerializer(StrictModelSerializer):
    """One custom field. Entity, key and organization are decided when it is made; it moves by `reorder/` too."""

    kind = serializers.ChoiceField(choices=KindChoices.choices)
    options = OptionsField(required=False)
    default = DefaultField(required=False, allow_null=True)

    class Meta:
        model = FieldDefinition
        fields = (
            "id",
            "entity",
            "for_organization_id",
            "key",
            "label",
            "kind",
            "is_required",
            "default",
            "options",
            "minimum",
            "maximum",
            "min_length",
            "max_length",
            "pattern",
            "is_unique",
            "help",
            "group",
            "order",
            "is_visible",
            "is_filterable",
            "is_searchable",
            "is_listed",
            "is_encrypted",
            "target",
            "dictionary",
            "field_set",
            "deleted_at",
            "version",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "order": {"required": False},
            "for_organization_id": {"required": False},
        }


class ReorderSerializer(StrictSerializer):
    """The order of an entity's fields; those that are not named stand behind."""

    entity = StrictCharField(max_length=100)
    ids = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=200)


class OptionAnswer(serializers.Serializer[Any]):
    """A value to choose."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    colour = serializers.CharField()

    class Meta:
        ref_name = "CustomFieldOption"


class FieldAnswer(serializers.Serializer[Any]):
    """A field as it counts here: an organization's before the tenant's before a module's."""

    id = serializers.UUIDField(allow_null=True)
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    kind = serializers.ChoiceField(choices=KindChoices.choices)
    is_required = serializers.BooleanField()
    default = serializers.JSONField(allow_null=True)
    options = OptionAnswer(many=True)
    help = serializers.CharField()
    group = serializers.CharField()
    order = serializers.IntegerField()
    is_visible = serializers.BooleanField()
    is_filterable = serializers.BooleanField()
    is_searchable = serializers.BooleanField()
    is_listed = serializers.BooleanField()
    is_encrypted = serializers.BooleanField()
    is_system = serializers.BooleanField()
    target = serializers.CharField()
    dictionary = serializers.CharField()
    field_set = serializers.CharField()

    class Meta:
        ref_name = "CustomField"


class FieldsAnswer(serializers.Serializer[Any]):
    """The fields of one kind of record, in order."""

    results = FieldAnswer(many=True)

    class Meta:
        ref_name = "CustomFields"
