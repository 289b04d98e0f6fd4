"""Back office pages of prices: entering, correcting, closing, the grid, the change of many, the settings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.calculations.grid import Cell, Group, settled
from apps.catalog.calculations.periods import Period
from apps.catalog.models import Price, PriceKind, Product
from apps.catalog.selectors import prices_of_today, pricing_settings
from apps.kernel.extensions.tabs import tabs_of
from apps.kernel.ids import uuid7
from apps.sales.models import TaxClass
from tests.auth.factories import reading_in
from tests.catalog.factories import make_kind, make_price, make_product, make_tag, make_variant, saved
from tests.directory.callers import client_of, member
from tests.support.scopes import House

PAGES = "/backend/catalog"
CHANGE, SETTINGS = f"{PAGES}/change-prices/", f"{PAGES}/pricing-settings/"


def known(house: House) -> list[str]:
    with reading_in(house):
        return sorted(f"{row.amount:.2f}" for row in prices_of_today())


def grid_of(product: Product) -> str:
    return f"{PAGES}/price-grid/?product={product.pk}"


def cell(product: Product, kind: PriceKind, *, variant: Any = "-", least: str = "1") -> str:
    return f"cell:{variant}:{kind.pk}:EUR:{least}"


def seen(page: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page.content.decode())
    assert found is not None
    return found.group(1)


def test_a_price_is_entered_corrected_and_closed(house: House, bob: Client) -> None:
    product, kind = make_product(house), make_kind(house)
    body = {"product": product.pk, "kind": kind.pk, "currency": "EUR", "amount": "12.5", "min_quantity": "1"}
    assert bob.post(f"{PAGES}/price/add/", body).status_code == 302
    assert known(house) == ["12.50"]
    with reading_in(house):
        price = Price.objects.get()
    address = f"{PAGES}/price/{price.pk}/"
    assert (
        bob.post(f"{address}change/", {"amount": "13", "includes_tax": "true", "min_quantity": "1"}).status_code == 302
    )
    assert known(house) == ["13.00"]
    assert "counts no longer" in bob.post(f"{address}change/", {"amount": "14"}, follow=True).content.decode()
    with reading_in(house):
        latest = prices_of_today().get()
    assert latest.includes_tax
    assert "12.50 EUR" in bob.get(f"{PAGES}/price/{latest.pk}/change/").content.decode()
    assert bob.post(f"{PAGES}/price/{latest.pk}/delete/", {}).status_code == 302
    assert known(house) == []


def test_what_is_wrong_stands_beside_its_field(house: House, bob: Client) -> None:
    product, kind = make_product(house), make_kind(house)
    make_price(house, product, kind)
    body = {"product": product.pk, "kind": kind.pk, "currency": "EUR", "amount": "1", "min_quantity": "1"}
    assert "Another price of equal rank counts" in bob.post(f"{PAGES}/price/add/", body).content.decode()
    for changes, text in (
        ({"amount": "-5"}, "greater than or equal to 0"),
        ({"amount": "12.34567"}, "no more than 4 decimal places"),
        ({"currency": ""}, "Say in which currency."),
        ({"max_quantity": "0.5"}, "The most is less than the least."),
    ):
        assert text in bob.post(f"{PAGES}/price/add/", {**body, **changes}).content.decode()
    body = {"name": "Trade", "code": "trade", "currency": "EUR", "priority": "0"}
    dates = {"valid_from": "2027-05-01T00:00:00", "valid_until": "2027-04-01T00:00:00"}
    assert (
        "The end lies after the beginning." in bob.post(f"{PAGES}/pricelist/add/", {**body, **dates}).content.decode()
    )
    assert "Constraint" not in bob.post(f"{PAGES}/pricelist/add/", {**body, "percent": "5"}).content.decode()
    assert known(house) == ["10.00"]


def test_the_grid_saves_what_was_entered_as_one_action(house: House, bob: Client) -> None:
    product, kind = make_product(house), make_kind(house)
    variant = make_variant(house, product)
    make_price(house, product, kind)
    page = bob.get(grid_of(product))
    body = {
        "seen": seen(page),
        cell(product, kind): "11",
        cell(product, kind, variant=variant.pk): "12.5",
        "new-kind": kind.pk,
        "new-currency": "EUR",
        "new-quantity": "10",
        "new:-": "9",
    }
    assert bob.post(grid_of(product), body).status_code == 302
    with reading_in(house):
        rows = prices_of_today().order_by("amount").values_list("amount", "min_quantity", "max_quantity", "variant")
        assert list(rows) == [
            (Decimal(9), Decimal(10), None, None),
            (Decimal(11), Decimal(1), Decimal("9.9999"), None),
            (Decimal("12.5"), Decimal(1), None, variant.pk),
        ]
    stale = bob.post(grid_of(product), body)
    assert (stale.status_code, known(house)) == (409, ["11.00", "12.50", "9.00"])
    wrong = bob.post(grid_of(product), {"seen": seen(stale), cell(product, kind): "99,9999"})
    assert "Some amounts are not valid" in wrong.content.decode()
    assert 'value="99,9999"' in wrong.content.decode()


def test_the_grid_says_which_side_was_entered_and_shows_the_other_one(house: House, bob: Client) -> None:
    reduced = saved(house, TaxClass(name="Reduced", code="reduced", rate=Decimal(5)))
    saved(house, TaxClass(name="Standard", code="standard", rate=Decimal(23), is_default=True))
    bottle: dict[str, Any] = {
        "shows_unit_price": True,
        "unit_price_reference": "l",
        "unit_price_quantity": Decimal("0.5"),
    }
    product, kind = make_product(house, **bottle), make_kind(house, display_mode="including-tax", title="Shelf")
    variant = make_variant(house, product, tax_class_id=reduced.pk)
    bare = make_variant(house, product, "Bare")
    make_price(house, product, kind, "12.30", includes_tax=True)
    make_price(house, product, kind, "20.00", variant=variant)
    page = bob.get(grid_of(product))
    found = {item.name: item for line in page.context["lines"] for item in line.cells}
    own, other = found[cell(product, kind)].sides, found[cell(product, kind, variant=variant.pk)].sides
    assert (own.entered, own.other, own.unit) == ("with tax", "€10.00 without tax", "= €24.60 / 1 l with tax")
    assert (other.entered, other.other, other.unit) == ("without tax", "€21.00 with tax", "= €42.00 / 1 l with tax")
    empty = found[cell(product, kind, variant=bare.pk)]
    assert (empty.sides, empty.hint) == (None, "with tax")
    words = " ".join(page.content.decode().split())
    assert "<span>with tax</span> <span>€10.00 without tax</span>" in words
    assert "Shelf (with tax)</option>" in words
    wrong = bob.post(grid_of(product), {"seen": seen(page), cell(product, kind): "nonsense"})
    assert "€10.00 without tax" not in wrong.content.decode()  # what stands there now is another amount


def test_products_have_a_tab_with_their_prices(house: House) -> None:
    product = make_product(house)
    with reading_in(house):
        assert [(item[0], item[2]) for item in tabs_of(product) if item[0] == "catalog.prices"] == [
            ("catalog.prices", grid_of(product))
        ]


def test_the_grid_is_of_products_in_sight(house: House, other_house: House, bob: Client) -> None:
    foreign = make_product(other_house)
    answers = [bob.get(grid_of(foreign)), bob.get(f"{PAGES}/price-grid/?product={uuid7()}")]
    assert [answer.status_code for answer in (*answers, bob.get(f"{PAGES}/price-grid/"))] == [404, 404, 404]


def test_who_may_only_look_gets_no_inputs(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    make_price(house, product, kind)
    viewer = client_of(member(house, "catalog.products.view"), organization=house.north)
    page = viewer.get(grid_of(product)).content.decode()
    assert "10.00" in page
    assert 'name="cell:' not in page
    assert [viewer.get(address).status_code for address in (CHANGE, SETTINGS)] == [403, 403]
    assert viewer.post(grid_of(product), {"seen": "x"}).status_code in {403, 409}


@pytest.mark.parametrize(
    ("page", "order"),
    [
        ("price", '"price"."created_at" DESC, "price"."id" DESC'),
        ("producttag", '"product_tag"."label" ASC, "product_tag"."id" ASC'),
    ],
)
def test_a_list_is_read_from_an_index_that_way_or_the_other(house: House, bob: Client, page: str, order: str) -> None:
    make_price(house, make_product(house), make_kind(house))
    make_tag(house)
    with CaptureQueriesContext(connection) as queries:
        assert bob.get(f"{PAGES}/{page}/").status_code == 200
    assert any(item["sql"].endswith(f"ORDER BY {order}") for item in queries)


def test_only_what_was_shown_is_applied(house: House, bob: Client) -> None:
    price = make_price(house, make_product(house), make_kind(house))
    question = {"preview": "1", "percent": "5"}
    shown = bob.get(CHANGE, question)
    assert "10.50 EUR" in shown.content.decode()
    assert bob.patch(f"/api/catalog/prices/{price.pk}/", {"amount": "20"}, "application/json").status_code == 200
    stale = bob.post(CHANGE, {**question, "seen": seen(shown)})
    assert (stale.status_code, known(house)) == (409, ["20.00"])
    assert bob.post(CHANGE, {**question, "seen": seen(stale)}).status_code == 302
    assert known(house) == ["21.00"]


def test_layers_are_put_in_an_order(house: House, bob: Client) -> None:
    order = {"layer_0": "1", "layer_1": "3", "layer_2": "2", "layer_3": "4", "layer_4": "5"}
    assert bob.post(SETTINGS, {**order, "only_cheaper_promotions": "on"}).status_code == 302
    refused = bob.post(SETTINGS, {**order, "layer_4": "1"})
    assert "Name every layer once" in refused.content.decode()
    with reading_in(house):
        found = pricing_settings()
        assert (found.layers, found.only_cheaper_promotions) == ([0, 2, 1, 3, 4], True)


def test_tiers_that_come_or_go_move_the_limits_of_their_group() -> None:
    group, other = Group(None, uuid7(), "EUR"), Group(uuid7(), uuid7(), "EUR")
    season = Period(datetime(2027, 1, 1, tzinfo=UTC), None)
    first, second, third = uuid7(), uuid7(), uuid7()
    cells = {
        (group, Decimal(1)): Cell(first, Decimal(10), True, Decimal(9), season),
        (group, Decimal(10)): Cell(second, Decimal(9), True, Decimal(99), season),
        (group, Decimal(100)): Cell(third, Decimal(8), True, None, season),
        (other, Decimal(1)): Cell(uuid7(), Decimal(5), False, None, Period()),
    }
    written, closed = settled(cells, {(group, Decimal(10)): None, (other, Decimal(1)): Decimal(5)}, places=0)
    assert [(item.least, item.most, item.amount, item.valid) for item in written] == [
        (Decimal(1), Decimal(99), Decimal(10), season)
    ]
    assert closed == [first, second]
    written, closed = settled(cells, {(group, Decimal(10)): Decimal("8.5")}, places=0)
    assert [(item.least, item.most, item.replaces) for item in written] == [(Decimal(10), Decimal(99), second)]
    assert closed == []
