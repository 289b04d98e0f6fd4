"""Lists of products: what is searched for, filters, and the order of what is found."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Category, Product
from apps.catalog.models.categories import CategoryAssignment, ProductTagging
from tests.catalog.factories import make_category, make_product, make_tag, saved
from tests.directory.callers import complaints, send
from tests.support.scopes import House

PRODUCTS = "/api/catalog/products/"
FOUND = ["Oak", "Table", "Oak board", "Desk", "Solid oak", "Bench", "Shelf", "Stool"]


@pytest.fixture
def oaken(house: House) -> None:
    """Products that the word is in, the furthest first."""
    make_product(house, "Stool", sku="S-1", subtitle="Of oak")
    make_product(house, "Shelf", sku="S-2", handle="oak-shelf")
    make_product(house, "Bench", sku="B.OAK")
    make_product(house, "Solid oak", sku="S-3")
    make_product(house, "Desk", sku="oak-7")
    make_product(house, "Oak board", sku="S-4")
    make_product(house, "Table", sku="OAK")
    make_product(house, "Oak", sku="S-5")
    make_product(house, "Birch", sku="S-6")


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def placed(house: House, product: Product, category: Category) -> None:
    saved(house, CategoryAssignment(category=category, product=product))


@pytest.mark.usefixtures("oaken")
def test_what_is_searched_for_stands_in_the_order_of_its_closeness(bob: Client) -> None:
    assert titles(bob.get(PRODUCTS, {"search": "oak"})) == FOUND
    assert titles(bob.get(PRODUCTS, {"search": " OAK "})) == FOUND
    assert titles(bob.get(PRODUCTS, {"search": "oak", "ordering": "title"})) == sorted(FOUND)
    assert titles(bob.get(PRODUCTS, {"q": "oak"}))[:3] == FOUND[:3]
    assert titles(bob.get(PRODUCTS)) == sorted([*FOUND, "Birch"])


@pytest.mark.usefixtures("oaken")
def test_closeness_goes_over_all_pages(bob: Client) -> None:
    pages = [titles(bob.get(PRODUCTS, {"search": "oak", "page_size": "3", "page": page})) for page in "123"]
    assert [title for page in pages for title in page] == FOUND


@pytest.mark.usefixtures("oaken")
def test_cursors_lead_through_what_is_searched_for_and_back(bob: Client) -> None:
    answer = bob.get(PRODUCTS, {"search": "oak", "page_size": "3", "cursor": ""})
    first = titles(answer)
    second = bob.get(answer.json()["next"])
    third = bob.get(second.json()["next"])
    assert [*first, *titles(second), *titles(third)] == FOUND
    assert third.json()["next"] is None
    assert titles(bob.get(second.json()["previous"])) == first
    cursor = second.json()["next"].partition("cursor=")[2].partition("&")[0]
    assert complaints(bob.get(PRODUCTS, {"cursor": cursor})) == {"cursor": "kernel.cursor.invalid"}


@pytest.mark.usefixtures("oaken")
def test_files_hold_it_in_the_same_order(bob: Client) -> None:
    answer = bob.get(PRODUCTS, {"search": "oak", "format": "csv", "fields": "title"})
    assert b"".join(answer.streaming_content).decode().split("\r\n")[1:-1] == FOUND  # type: ignore[attr-defined]


def test_percent_signs_mean_themselves_in_the_order_too(house: House, bob: Client) -> None:
    for title in ("Of 100% wool", "1000 threads", "100% wool"):
        make_product(house, title)
    assert titles(bob.get(PRODUCTS, {"search": "100%"})) == ["100% wool", "Of 100% wool"]


def test_a_category_with_those_below_it(house: House, bob: Client, other_house: House) -> None:
    clothes = make_category(house, "Clothes")
    shirts = make_category(house, "Shirts", clothes)
    blouses, hats = make_category(house, "Blouses", shirts), make_category(house, "Hats")
    for title, category in (("A", clothes), ("B", shirts), ("C", blouses), ("D", hats)):
        placed(house, make_product(house, title), category)
    make_product(house, "E")
    assert titles(bob.get(PRODUCTS, {"category_ids": str(clothes.pk)})) == ["A"]
    assert titles(bob.get(PRODUCTS, {"category_ids__below": str(clothes.pk)})) == ["A", "B", "C"]
    assert titles(bob.get(PRODUCTS, {"category_ids__below": f"{blouses.pk},{hats.pk}"})) == ["C", "D"]
    both = {"category_ids__below": str(clothes.pk), "category_ids": f"{shirts.pk},{hats.pk}"}
    assert titles(bob.get(PRODUCTS, both)) == ["B"]
    foreign = make_category(other_house, "Clothes")
    assert titles(bob.get(PRODUCTS, {"category_ids__below": str(foreign.pk)})) == []
    assert bob.get(PRODUCTS, {"category_ids__below": "x"}).status_code == 400


def test_products_with_variants_and_the_others(house: House, bob: Client) -> None:
    make_product(house, "A", product_type="configurable")
    make_product(house, "B", product_type="bundle")
    assert titles(bob.get(PRODUCTS, {"configurable": "true"})) == ["A"]
    assert titles(bob.get(PRODUCTS, {"configurable": "false"})) == ["B"]
    assert complaints(bob.get(PRODUCTS, {"configurable": "yes"})) == {"configurable": "kernel.filter.invalid_choice"}


def test_everything_that_a_list_shows_is_deleted_at_once(house: House, bob: Client) -> None:
    tag = make_tag(house)
    for title, is_tagged in (("Oak desk", True), ("Oak lamp", True), ("Oak chair", False), ("Desk", True)):
        product = make_product(house, title)
        if is_tagged:
            saved(house, ProductTagging(tag=tag, product=product))
    chosen = {"search": "oak", "tag_ids": str(tag.pk)}
    assert titles(bob.get(PRODUCTS, chosen)) == ["Oak desk", "Oak lamp"]
    body = {"action": "delete", "where": chosen}
    assert send(bob, "post", f"{PRODUCTS}bulk/", {**body, "dry_run": True}).json()["count"] == 2
    assert send(bob, "post", f"{PRODUCTS}bulk/", body).json()["count"] == 2
    assert titles(bob.get(PRODUCTS)) == ["Desk", "Oak chair"]
