"""Several callers at the same moment: one SKU, one schema, two tags that are merged into each other."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.errors import OptionSchemaInUse
from apps.catalog.models import OptionSchema, Product, ProductTag
from apps.catalog.services import create_product, delete_option_schema, merge_tag
from apps.kernel.commands.errors import Duplicate
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_schema, make_tag
from tests.support.crowds import all_at_once
from tests.support.scopes import House, reading

pytestmark = pytest.mark.committed


def test_of_several_products_with_one_sku_one_is_added(house: House) -> None:
    def call(number: int) -> Any:
        with using_scope(house.scope(house.north)):
            return create_product(title=f"Shirt {number}", sku="Shirt-1" if number % 2 else "SHIRT-1")

    answers = all_at_once(6, call)
    assert sum(isinstance(item, Product) for item in answers) == 1
    assert sum(isinstance(item, Duplicate) for item in answers) == 5
    with reading(house.scope(house.north)):
        assert Product.objects.count() == 1


def test_a_schema_is_never_deleted_under_a_product(house: House) -> None:
    schema = make_schema(house)

    def call(number: int) -> Any:
        with using_scope(house.scope(house.north)):
            if number % 2:
                return delete_option_schema(schema.pk)
            return create_product(title="Shirt", option_schema_id=schema.pk)

    answers = all_at_once(4, call)
    allowed = (Product, OptionSchema, PlatformError)
    assert all(isinstance(item, allowed) for item in answers), answers
    with reading(house.scope(house.north)):
        is_gone = OptionSchema.objects.get().is_deleted
        assert Product.objects.exists() != is_gone
    assert is_gone or sum(isinstance(item, OptionSchemaInUse) for item in answers) == 2


def test_two_tags_are_not_merged_into_each_other_at_once(house: House) -> None:
    one, other = make_tag(house, "One"), make_tag(house, "Other")

    def call(number: int) -> Any:
        pair = (one.pk, other.pk) if number else (other.pk, one.pk)
        with using_scope(house.scope(house.north)):
            return merge_tag(pair[0], into_id=pair[1])

    answers = all_at_once(2, call)
    assert sum(isinstance(item, ProductTag) for item in answers) == 1, answers
    assert sum(isinstance(item, PlatformError) for item in answers) == 1, answers
    with reading(house.scope(house.north)):
        assert ProductTag.objects.filter(deleted_at__isnull=True).count() == 1
