"""Shapes of variants in the REST interface, and of orders about all variants of a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.api.serializers.products import DimensionsRow
from apps.catalog.models import CodeType, Variant
from apps.catalog.services.variant_rules import MOST_VARIANTS
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

OWN = ("id", "organization_id", "version", "created_at", "updated_at")
VARIANT = (
    "product_id",
    "name",
    "sku",
    "barcode",
    "barcode_type",
    "hs_code",
    "option_values",
    "position",
    "is_default",
    "is_active",
    "archived_at",
    "status_id",
    "tax_class_id",
    "weight",
    "weight_unit",
    "dimensions",
    "default_media_id",
)
FURTHEST = 10_000
MOST_OPTIONS = 64
MOST_CHOICES = 200


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MOST_OPTIONS,
        "additionalProperties": {"type": ["string", "number", "boolean"]},
        "description": "Values by the codes of the product's options: the code or the label of a choice, a text, a"
        " number or a boolean. Answers hold texts: the code of the choice, `2.5`, `true`.",
    }
)
class OptionValuesField(serializers.JSONField):
    """Values by option; which ones do is judged by the command, which knows the product."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_an_object": _("Give an object of values by option."),
        "too_many": _("There are at most {most} options."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The values as they came, if they are an object."""
        if not isinstance(data, dict):
            self.fail("not_an_object")
        if len(data) > MOST_OPTIONS:
            self.fail("too_many", most=MOST_OPTIONS)
        return data


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            **{name: {"type": ["string", "number"]} for name in ("width", "height", "depth")},
            "unit": {"type": "string", "maxLength": 25},
        },
        "additionalProperties": False,
    }
)
class VariantSerializer(StrictModelSerializer):
    """A variant. It stays with its product; option values that are given take the place of those that are there."""

    product_id = StrictUUIDField(read_only=True)
    name = StrictCharField(required=False, allow_blank=True, max_length=255)
    option_values = OptionValuesField(required=False)
    dimensions: Any = DimensionsRow(required=False)
    position = StrictIntegerField(required=False, min_value=0, max_value=FURTHEST)

    class Meta:
        model = Variant
        fields = (*OWN, *VARIANT)
        read_only_fields = ("archived_at", "default_media_id")


class NewVariantSerializer(VariantSerializer):
    """A new variant, of a product; without a name it is called by its values."""

    product_id = StrictUUIDField()


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MOST_OPTIONS,
        "additionalProperties": {
            "type": "array",
            "maxItems": MOST_CHOICES,
            "items": {"type": ["string", "number", "boolean"]},
        },
    }
)
class ChoicesField(serializers.JSONField):
    """Lists of values by option."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_choices": _("Give an object with a list of values for each option."),
        "too_many": _("There are at most {most} of them."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The lists as they came, if they are lists of single values."""
        if not isinstance(data, dict) or not all(_is_list(values) for values in data.values()):
            self.fail("not_choices")
        if len(data) > MOST_OPTIONS or any(len(values) > MOST_CHOICES for values in data.values()):
            self.fail("too_many", most=MOST_CHOICES)
        return data


def _is_list(values: Any) -> bool:
    return isinstance(values, list) and not any(isinstance(item, dict | list) for item in values)


class GenerationSerializer(StrictSerializer):
    """Which choices variants are made of, by option; without them all choices of all selects."""

    options = ChoicesField(required=False)


class VariantOrderSerializer(StrictSerializer):
    """All variants of a product, in the order that they are to have."""

    variant_ids = serializers.ListField(child=StrictUUIDField(), max_length=MOST_VARIANTS)


class VariantRow(StrictSerializer):
    """What changes of a variant; with a `version` only if nobody changed it meanwhile."""

    id = StrictUUIDField()
    version = StrictIntegerField(required=False, min_value=1)
    name = StrictCharField(required=False, max_length=255)
    sku = StrictCharField(required=False, allow_blank=True, max_length=191)
    barcode = StrictCharField(required=False, allow_blank=True, max_length=191)
    barcode_type = serializers.ChoiceField(required=False, allow_blank=True, choices=CodeType.choices)
    is_active = StrictBooleanField(required=False)


class VariantEditSerializer(StrictSerializer):
    """Changes of several variants of a product, its default one, and the order of all of them."""

    variants: Any = serializers.ListSerializer(child=VariantRow(), required=False, max_length=MOST_VARIANTS)
    default_id = StrictUUIDField(required=False)
    order = serializers.ListField(child=StrictUUIDField(), required=False, max_length=MOST_VARIANTS)


class VariantAnswer(serializers.Serializer[Any]):
    """A variant among those of its product."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    sku = serializers.CharField(allow_blank=True)
    barcode = serializers.CharField(allow_blank=True)
    barcode_type = serializers.CharField(allow_blank=True)
    option_values = OptionValuesField()
    position = serializers.IntegerField()
    is_default = serializers.BooleanField()
    is_active = serializers.BooleanField()


class VariantsAnswer(serializers.Serializer[Any]):
    """All variants of a product, in their order."""

    results = VariantAnswer(many=True)


class GenerationAnswer(VariantsAnswer):
    """Variants that were made; `existing` of the chosen combinations were there already."""

    created = serializers.IntegerField()
    existing = serializers.IntegerField()


def shown_variants(rows: Sequence[Variant]) -> dict[str, Any]:
    """Variants as JSON."""
    return {"results": [dict(VariantAnswer(row).data) for row in rows]}
