"""Bodies and parameters of the wrong shape: each is refused as such, and nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.catalog.factories import seller
from tests.directory.callers import send
from tests.support.scopes import House

API = "/api/catalog"
ODD: tuple[Any, ...] = (None, True, 7, -0.5, "x", "\ud83d", [], [[]], {}, {"a": 1}, "1e999999", "NaN", "0" * 400)
FIELDS = {
    "prices/": ("amount", "net", "currency", "product_id", "min_quantity", "valid_from", "includes_tax", "replaces"),
    "prices/set/": ("prices", "closed"),
    "prices/tiers/": ("tiers", "product_id", "valid_until"),
    "prices/change/": ("percent", "ending", "round_to", "product_ids", "currency", "valid_from", "dry_run", "tag_id"),
    "price-lists/": ("formula", "percent", "base_list_id", "valid_from", "priority", "currency"),
    "price-kinds/": ("code", "display_mode", "is_promotion", "currency"),
}


@pytest.mark.parametrize("address", sorted(FIELDS))
def test_odd_values_are_refused(house: House, address: str) -> None:
    bob = seller(house)
    for name in FIELDS[address]:
        for value in ODD:
            answer = send(bob, "post", f"{API}/{address}", {name: value})
            assert answer.status_code == 400, (name, value, answer.content)


@pytest.mark.parametrize("value", ODD)
def test_odd_settings_are_refused(house: House, value: Any) -> None:
    answer = send(seller(house), "put", f"{API}/settings/", {"layers": value, "only_cheaper_promotions": value})
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["days=0", "days=x", "days=367", "at=now", "quantity=-1", "product_id=x", "x=1"])
def test_odd_questions_are_refused(house: House, query: str) -> None:
    bob: Client = seller(house)
    complete = f"product_id={house.north.pk}&currency=EUR&{query}"
    assert bob.get(f"{API}/prices/lowest/?{complete}").status_code == 400
    assert bob.get(f"{API}/prices/lowest/?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["quantity=NaN", "quantity=1e999999", "valid_at=x", "known_at=1", "quantity_unit=%00"]
)
def test_odd_filters_are_refused(house: House, query: str) -> None:
    assert seller(house).get(f"{API}/prices/?{query}").status_code == 400
