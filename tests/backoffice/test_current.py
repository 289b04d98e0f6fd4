"""Which item of the navigation is marked: one at most, the most exact one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.backoffice.models import SavedView
from tests.catalog.factories import make_category, make_product, make_variant
from tests.support.scopes import House, seeding

PAGES = (
    "catalog_variants",
    "catalog_parts",
    "catalog_related",
    "catalog_price_grid",
    "catalog_price_explained",
)


def marked(client: Client, address: str) -> list[str]:
    """Labels of the items that are marked on a page."""
    answer: Any = client.get(address)
    assert answer.status_code == 200, address
    found = answer.context["sidebar_navigation"]
    return [item["title"] for group in found for item in group["items"] if item["active"]]


@pytest.mark.parametrize("name", PAGES)
def test_pages_about_a_product_stand_under_products(house: House, alice: Client, name: str) -> None:
    product = make_product(house)
    assert marked(alice, f"{reverse(f'admin:{name}')}?product={product.pk}") == ["Products"]


def test_a_page_that_shows_records_of_several_kinds_stands_under_the_kind_of_each(house: House, alice: Client) -> None:
    product = make_product(house)
    variant = make_variant(house, product)
    for row, label in ((product, "Products"), (variant, "Variants")):
        for name in ("catalog_media", "translations_record"):
            address = f"{reverse(f'admin:{name}')}?entity={row.entity_id}&id={row.pk}"
            assert marked(alice, address) == [label], name


def test_of_two_addresses_of_which_one_begins_the_other_the_longer_one_counts(house: House, alice: Client) -> None:
    category = make_category(house)
    assert marked(alice, reverse("admin:catalog_category_tree")) == ["Category tree"]
    assert marked(alice, reverse("admin:catalog_category_changelist")) == ["Categories"]
    assert marked(alice, reverse("admin:catalog_category_change", args=[category.pk])) == ["Categories"]
    assert marked(alice, reverse("admin:customers_deal_board")) == ["Deal board"]


def test_a_pinned_view_goes_before_its_list(house: House, alice: Client) -> None:
    settings = {"columns": ["title"]}
    owner: Any = alice.user  # type: ignore[attr-defined]
    with seeding(house.scope()):
        view = SavedView(list="catalog.product", name="Mine", owner_id=owner.pk, settings=settings, is_pinned=True)
        view.save(force_insert=True)
    products = reverse("admin:catalog_product_changelist")
    assert marked(alice, f"{products}?view={view.pk}") == ["Mine"]
    assert marked(alice, f"{products}?view=standard") == ["Products"]
    assert marked(alice, reverse("admin:catalog_product_add")) == ["Products"]


def test_the_start_page_is_marked_on_itself_only(alice: Client) -> None:
    assert marked(alice, "/backend/") == ["Start"]
    assert marked(alice, reverse("admin:catalog_pricing_settings")) == ["Settings of prices"]
