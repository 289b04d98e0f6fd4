"""The group “Currencies” of the navigation: for each reader the pages that their features open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.currencies.shown import CHART, CONFIGS, CONVERTER, RATES, RUNS
from tests.directory.callers import client_of, member
from tests.support.scopes import House

CURRENCIES = ("Currencies", "/backend/currencies/currency/")
READING = [("Exchange rates", RATES), ("Rate chart", CHART), ("Converter", CONVERTER)]
FETCHING = [("Rate fetching", CONFIGS), ("Fetches of rates", RUNS)]


@pytest.mark.parametrize(
    ("feature", "items"),
    [
        ("currencies.*", [CURRENCIES, *READING, *FETCHING]),
        ("currencies.view", [CURRENCIES]),
        ("currencies.rates.view", READING),
        ("currencies.rates.manage", READING),
        ("currencies.fetch.manage", FETCHING),
    ],
)
def test_each_feature_opens_its_pages(house: House, feature: str, items: list[tuple[str, str]]) -> None:
    client = client_of(member(house, feature), organization=house.north)
    shown: Any = client.get("/backend/").context["sidebar_navigation"]
    [group] = [group for group in shown if str(group["title"]) == "Currencies"]
    assert [(item["title"], item["link"]) for item in group["items"]] == items
    for _title, address in items:
        assert client.get(address).status_code == 200
