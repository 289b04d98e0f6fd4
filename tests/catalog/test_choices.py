"""Currencies and units over REST, as fields of products are chosen from them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.catalog.factories import seller
from tests.currencies.factories import make_currency
from tests.dictionaries.factories import make_dictionary
from tests.directory.callers import complaints
from tests.support.scopes import House


def of(bob: Client, key: str) -> list[dict[str, Any]]:
    answer = bob.get(f"/api/catalog/dictionaries/{key}/")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_currencies_in_use_with_the_base_as_the_default(house: House, bob: Client) -> None:
    make_currency(house, "PLN", is_base=True, name="Zloty")
    make_currency(house, "EUR", name="Euro")
    make_currency(house, "CHF", is_active=False)
    plain = {"color": "", "icon": ""}
    expected = [
        {"value": "EUR", "label": "Euro", **plain, "is_default": False},
        {"value": "PLN", "label": "Zloty", **plain, "is_default": True},
    ]
    assert of(bob, "currency") == of(bob, "currencies") == expected


@pytest.mark.parametrize("kept", ["unit", "units"])
def test_units_of_the_dictionary_whatever_it_is_called(house: House, bob: Client, kept: str) -> None:
    assert of(bob, "unit") == []
    make_dictionary(house, "pc", "box", key=kept, owner=house.north)
    assert [item["value"] for item in of(bob, "unit")] == [item["value"] for item in of(bob, "units")] == ["pc", "box"]


def test_another_organizations_lists_are_not_there(house: House, other_house: House, bob: Client) -> None:
    make_dictionary(other_house, "pc", key="unit", owner=other_house.north)
    make_currency(other_house, "EUR")
    assert of(bob, "unit") == of(bob, "currency") == []


def test_who_changes_products_chooses_and_there_are_no_other_lists(house: House, bob: Client) -> None:
    looker = seller(house, "catalog.products.view")
    refused = looker.get("/api/catalog/dictionaries/unit/")
    assert (refused.status_code, refused.json()["feature"]) == (403, "catalog.products.manage")
    assert bob.get("/api/catalog/dictionaries/colour/").status_code == 404
    assert complaints(bob.get("/api/catalog/dictionaries/unit/?q=x")) == {"q": "kernel.parameter.unknown"}
