"""Filters of the catalog's lists: texts of variants and categories, quantities of prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.catalog.contracts import CatalogPricing, PriceRequest
from apps.kernel.services import service
from tests.catalog.factories import (
    make_category,
    make_conversion,
    make_kind,
    make_price,
    make_product,
    make_variant,
)
from tests.support.scopes import House, reading


def names(bob: Client, resource: str, **asked: Any) -> list[str]:
    answer = bob.get(f"/api/catalog/{resource}/", asked)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_variants_are_found_by_name_sku_and_barcode(house: House, bob: Client) -> None:
    shirt = make_product(house)
    make_variant(house, shirt, "Blue", sku="S-1", option_values={"n": 1})
    make_variant(house, shirt, "Red", sku="blue-2", option_values={"n": 2})
    make_variant(house, shirt, "White", sku="S-3", barcode="x-BLUE", option_values={"n": 3})
    make_variant(house, shirt, "Black", sku="S-4", option_values={"n": 4})
    assert names(bob, "variants", search="blue") == ["Blue", "Red", "White"]
    assert names(bob, "variants", search="%") == []


def test_categories_are_found_by_any_name_of_their_path(house: House, bob: Client, other_house: House) -> None:
    clothes = make_category(house, "Clothes")
    shirts = make_category(house, "Shirts", clothes)
    make_category(house, "Blouses", shirts)
    make_category(house, "Hats")
    make_category(other_house, "Shirts")
    assert names(bob, "categories", search="clot") == ["Blouses", "Clothes", "Shirts"]
    assert names(bob, "categories", search="SHIRT") == ["Blouses", "Shirts"]
    assert names(bob, "categories", search="shirt", is_active="false") == names(bob, "categories", search="_") == []


@pytest.mark.parametrize(
    ("rounding", "bought", "expected"),
    [
        (("half_up", 0), ("1", "third"), 0),
        (("up", 0), ("1", "third"), 1),
        (("down", 0), ("5", "third"), 1),
        (("half_up", 0), ("5", "third"), 2),
        (("half_up", 2), ("2.995", ""), 2),
        (("half_up", 2), ("1.995", "piece"), 2),
        (("down", 2), ("1.995", ""), 1),
        (("up", 1), ("1.91", "piece"), 2),
        (("half_up", 0), ("2", "pallet"), 0),
    ],
)
def test_the_list_of_prices_rounds_quantities_as_pricing_does(
    house: House, bob: Client, rounding: tuple[str, int], bought: tuple[str, str], expected: int
) -> None:
    product = make_product(house, unit="piece", rounding_mode=rounding[0], rounding_places=rounding[1])
    make_conversion(house, product, "third", "0.333333333333")
    kind = make_kind(house)
    make_price(house, product, kind, "1.00", min_quantity="1", max_quantity="1.99")
    make_price(house, product, kind, "2.00", min_quantity="2", max_quantity="3")
    quantity, unit = bought
    asked = {"quantity": quantity, **({"quantity_unit": unit} if unit else {})}
    found = bob.get("/api/catalog/prices/", asked).json()
    assert [float(row["amount"]) for row in found["results"]] == ([float(expected)] if expected else [])
    assert found["count"] == len(found["results"])
    assert unit == "pallet" or priced(house, product.pk, quantity, unit) == expected


def priced(house: House, product_id: Any, quantity: str, unit: str) -> int:
    """What the pricing service finds; 0 for no price."""
    with reading(house.scope(house.north)):
        [found] = service(CatalogPricing).prices_for(
            [PriceRequest(product_id, "EUR", quantity=Decimal(quantity), unit=unit)]
        )
    return 0 if found is None else int(found.net)
