"""Shapes of option schemas in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.calculations.options import (
    LONGEST_CODE,
    LONGEST_LABEL,
    MOST_CHOICES,
    MOST_OPTIONS,
    Kind,
)
from apps.catalog.models import OptionSchema
from apps.catalog.models.options import SLUG
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictModelSerializer,
    StrictSerializer,
)

OWN = ("id", "organization_id", "version", "created_at", "updated_at")


class ChoiceRow(StrictSerializer):
    """A choice; a code that is left out is made of the label, a label that is left out is the code."""

    code = StrictCharField(required=False, allow_blank=True, max_length=LONGEST_CODE, validators=[SLUG])
    label: Any = StrictCharField(required=False, allow_blank=True, max_length=LONGEST_LABEL)


Choices = serializers.ListSerializer[Any]


class OptionRow(ChoiceRow):
    """An option: chosen from a list (`select`), or entered as text, number or boolean."""

    input_type = serializers.ChoiceField(choices=list(map(str, Kind)), required=False, default=str(Kind.SELECT))
    is_required = StrictBooleanField(required=False, default=False)
    choices = Choices(child=ChoiceRow(), required=False, max_length=MOST_CHOICES)


def option_rows(**options: Any) -> Any:
    """Options in their order."""
    return Choices(child=OptionRow(), required=False, max_length=MOST_OPTIONS, **options)


class OptionSchemaListSerializer(StrictModelSerializer):
    """An option schema in a list."""

    code = StrictCharField(required=False, allow_blank=True, max_length=150, validators=[SLUG])
    options = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta:
        model = OptionSchema
        fields = (*OWN, "name", "code", "description", "options", "is_active", "is_owned")
        read_only_fields: tuple[str, ...] = ("is_owned",)


class OptionSchemaSerializer(OptionSchemaListSerializer):
    """An option schema. Options that are given take the place of those that are there."""

    options = option_rows()


class InlineSchemaSerializer(StrictSerializer):
    """Options that are written with a product and are its own."""

    name = StrictCharField(required=False, max_length=150)
    code = StrictCharField(required=False, max_length=150, validators=[SLUG])
    description = StrictCharField(required=False, allow_blank=True, max_length=2000)
    options = option_rows()
