"""Two orders that know nothing of each other: products in a category, and categories of a product."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Category, Product
from apps.catalog.selectors import categories_of
from tests.catalog.factories import make_category
from tests.directory.callers import send
from tests.support.scopes import House, reading

CATEGORIES, PRODUCTS = "/api/catalog/categories/", "/api/catalog/products/"
ASSIGNED = "/api/catalog/category-assignments/"


@pytest.fixture
def shelves(house: House) -> list[Category]:
    return [make_category(house, name) for name in ("Shirts", "Sale")]


def add(bob: Client, title: str, *categories: Category) -> str:
    ids = [str(item.pk) for item in categories]
    answer = send(bob, "post", PRODUCTS, {"title": title, "sku": title, "category_ids": ids})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def inside(bob: Client, category: Category) -> list[Any]:
    return [row["product_id"] for row in bob.get(ASSIGNED, {"category_id": str(category.pk)}).json()["results"]]


def names(house: House, title: str) -> list[str]:
    """What the categories of a product are called, the main one first."""
    with reading(house.scope(house.north)):
        product = Product.objects.get(title=title)
        return [item.name for item in categories_of([product.pk]).get(product.pk, [])]


def test_a_product_comes_last_in_each_of_its_categories(bob: Client, shelves: list[Category]) -> None:
    shirts, sale = shelves
    one, two, three = add(bob, "One", sale), add(bob, "Two", shirts, sale), add(bob, "Three", shirts)
    assert (inside(bob, shirts), inside(bob, sale)) == ([two, three], [one, two])


def test_arranging_a_category_leaves_the_main_categories_alone(
    bob: Client, house: House, shelves: list[Category]
) -> None:
    shirts, sale = shelves
    one, two = add(bob, "One", shirts, sale), add(bob, "Two", sale, shirts)
    body = {"product_ids": [two, one]}
    for category in shelves:
        assert send(bob, "post", f"{CATEGORIES}{category.pk}/products/order/", body).status_code == 200
        assert inside(bob, category) == [two, one]
    assert (names(house, "One"), names(house, "Two")) == (["Shirts", "Sale"], ["Sale", "Shirts"])


def test_changing_a_product_leaves_its_places_alone(bob: Client, house: House, shelves: list[Category]) -> None:
    shirts, sale = shelves
    one, two, three = (add(bob, title, shirts, sale) for title in ("One", "Two", "Three"))
    turned = {"category_ids": [str(sale.pk), str(shirts.pk)]}
    assert send(bob, "patch", f"{PRODUCTS}{three}/", turned).status_code == 200
    assert (names(house, "Three"), inside(bob, shirts)) == (["Sale", "Shirts"], [one, two, three])
    assert send(bob, "patch", f"{PRODUCTS}{one}/", {"category_ids": [str(sale.pk)]}).status_code == 200
    assert (names(house, "One"), inside(bob, sale), inside(bob, shirts)) == (["Sale"], [one, two, three], [two, three])


def test_a_category_that_is_filled_becomes_the_last_one_of_its_products(
    bob: Client, house: House, shelves: list[Category]
) -> None:
    shirts, sale = shelves
    for title in ("One", "Two"):
        add(bob, title)
    ids = [add(bob, "Three", shirts), *(row["id"] for row in bob.get(PRODUCTS).json()["results"])]
    body = {"product_ids": list(dict.fromkeys(ids))}
    assert send(bob, "post", f"{CATEGORIES}{sale.pk}/assign/", body).status_code == 200
    assert (names(house, "Three"), names(house, "One")) == (["Shirts", "Sale"], ["Sale"])
