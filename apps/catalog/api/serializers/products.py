"""Shapes of products in the REST interface: lists show a product's own columns, details its tags and categories too."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from apps.catalog.api.serializers.option_schemas import OWN, InlineSchemaSerializer
from apps.catalog.calculations.products import LONGEST_UNIT
from apps.catalog.models import Product
from apps.catalog.models.products import COUNTRY, CURRENCY, GTU, HANDLE, UN_NUMBER
from apps.catalog.selectors import categories_of, tags_of
from apps.catalog.services.marks import MOST_MARKS
from apps.catalog.services.product_values import COLUMNS
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer, StrictUUIDField

SHOWN = (*OWN, *COLUMNS, "option_schema_id", "archived_at", "default_media_id")
READ_ONLY = ("archived_at", "default_media_id")
MOST_CODES = 20
FOR_TITLE = "name"  # what the guides call a title


# What comes into its stored form by capitals or small letters, spaces and `UN`.
NEARLY_HANDLE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*$", HANDLE.message)
NEARLY_CURRENCY = RegexValidator(r"^[A-Za-z]{3}$", CURRENCY.message)
NEARLY_COUNTRY = RegexValidator(r"^[A-Za-z]{2}$", COUNTRY.message)
NEARLY_UN_NUMBER = RegexValidator(r"^([Uu][Nn] ?)?[0-9]{4}$", UN_NUMBER.message)
NEARLY_GTU = RegexValidator(r"^[Gg][Tt][Uu]_(0[1-9]|1[0-3])$", GTU.message)
LEAST = Decimal("0.000001")


class DimensionsRow(StrictSerializer):
    """How large it is; lengths are decimals of up to 12 digits before the point and 4 behind it."""

    width = serializers.DecimalField(16, 4, required=False, allow_null=True, min_value=0)
    height = serializers.DecimalField(16, 4, required=False, allow_null=True, min_value=0)
    depth = serializers.DecimalField(16, 4, required=False, allow_null=True, min_value=0)
    unit = StrictCharField(required=False, allow_blank=True, max_length=LONGEST_UNIT)

    def to_representation(self, instance: Any) -> Any:
        """What is kept, as it is."""
        return dict(instance)


class ProductTagIds(serializers.ListField):
    """Ids of a product's tags."""

    def get_attribute(self, instance: Any) -> Any:
        """The ids, by the labels of the tags."""
        return [str(tag.pk) for tag in tags_of([instance.pk]).get(instance.pk, [])]


class ProductCategoryIds(serializers.ListField):
    """Ids of the categories that a product is in."""

    def get_attribute(self, instance: Any) -> Any:
        """The ids, in their order."""
        return [str(item.pk) for item in categories_of([instance.pk]).get(instance.pk, [])]


class ProductListSerializer(StrictModelSerializer):
    """A product in a list."""

    option_schema_id = StrictUUIDField(required=False, allow_null=True)
    dimensions: Any = serializers.JSONField(read_only=True)

    class Meta:
        model = Product
        fields: tuple[str, ...] = SHOWN
        read_only_fields: tuple[str, ...] = READ_ONLY


class ProductSerializer(ProductListSerializer):
    """A product. Tags and categories that are given take the place of those that are there; null clears a column.

    `schema` gives it options of its own; `option_schema_id` then says which they are.
    """

    handle = StrictCharField(required=False, allow_blank=True, max_length=150, validators=[NEARLY_HANDLE])
    primary_currency = StrictCharField(required=False, allow_blank=True, max_length=3, validators=[NEARLY_CURRENCY])
    country_of_origin = StrictCharField(required=False, allow_blank=True, max_length=2, validators=[NEARLY_COUNTRY])
    un_number = StrictCharField(required=False, allow_blank=True, max_length=7, validators=[NEARLY_UN_NUMBER])
    gtu_codes = serializers.ListField(
        child=StrictCharField(max_length=6, validators=[NEARLY_GTU]),
        required=False,
        allow_null=True,
        max_length=MOST_CODES,
    )
    sales_unit_quantity = serializers.DecimalField(18, 6, required=False, min_value=LEAST)
    unit_price_quantity = serializers.DecimalField(18, 6, required=False, allow_null=True, min_value=LEAST)
    dimensions: Any = DimensionsRow(required=False, allow_null=True)
    schema = InlineSchemaSerializer(required=False, allow_null=True, write_only=True)
    tag_ids = ProductTagIds(child=StrictUUIDField(), required=False, max_length=MOST_MARKS)
    category_ids = ProductCategoryIds(child=StrictUUIDField(), required=False, max_length=MOST_MARKS)

    class Meta(ProductListSerializer.Meta):
        fields = (*SHOWN, "schema", "tag_ids", "category_ids")

    def get_fields(self) -> dict[str, Any]:
        """The fields; those that may be empty take null as well, which clears them."""
        found = super().get_fields()
        for column in Product._meta.concrete_fields:
            if column.blank and column.name in COLUMNS and column.name in found:
                found[column.name].allow_null = True
        return found

    def to_internal_value(self, data: Any) -> Any:
        """The checked values; `name` is taken for the title where no title is given."""
        if isinstance(data, Mapping) and FOR_TITLE in data and "title" not in data:
            data = {("title" if name == FOR_TITLE else name): value for name, value in data.items()}
        return super().to_internal_value(data)
