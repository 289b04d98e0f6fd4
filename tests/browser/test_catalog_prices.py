"""Pages of prices in a real browser: changing many, the grid of a product, lists, settings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from psycopg.types.range import Range

from apps.catalog.models import Price, PriceKind, PriceList, Product, Variant
from apps.catalog.selectors import prices_of_today
from apps.catalog.services.price_change_jobs import FEW
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import reading_in
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
CHANGE, SETTINGS, LIST = (f"/backend/catalog/{name}/" for name in ("change-prices", "pricing-settings", "price"))
KINDS, LISTS = (f"/backend/catalog/{name}/" for name in ("pricekind", "pricelist"))
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone-dark")]


def shop(house: House) -> Product:
    """A shirt in three variants with two kinds of prices, a list, and a coat."""
    regular = PriceKind(code="regular", title="Regular price")
    sale = PriceKind(code="sale", title="Sale price", is_promotion=True)
    shirt, coat = Product(title="Shirt", sku="SHIRT"), Product(title="Coat", sku="COAT")
    variants = [Variant(product=shirt, name=name, sku=name) for name in ("Blue-S", "Blue-L", "Red-L")]
    trade = PriceList(name="Wholesale", code="wholesale", currency="EUR")
    common = {"currency": "EUR", "valid": Range(None, None, "()")}
    prices = [
        Price(product=shirt, kind=regular, amount=Decimal("19.99"), max_quantity=Decimal("9.9999"), **common),
        Price(product=shirt, kind=regular, amount=Decimal("17.99"), min_quantity=10, **common),
        Price(product=shirt, kind=regular, variant=variants[2], amount=Decimal("21.99"), **common),
        Price(product=shirt, kind=sale, amount=Decimal(15), includes_tax=True, **common),
        Price(product=coat, kind=regular, amount=Decimal(120), **common),
        Price(product=coat, kind=regular, price_list=trade, amount=Decimal(100), **common),
    ]
    with seeding(house.scope(house.root)):
        for row in (regular, sale, shirt, coat, *variants, trade, *prices):
            row.save(force_insert=True)
    return shirt


def amounts(house: House) -> list[str]:
    with reading_in(house):
        return sorted(f"{row.amount:.2f}" for row in prices_of_today())


EMPTY = {
    "change-empty": CHANGE,
    "list-empty": LIST,
    "kinds-empty": KINDS,
    "lists-empty": LISTS,
    "settings": SETTINGS,
}


def full_pages(house: House) -> dict[str, str]:
    """Names and addresses of pages that show something, right input and wrong."""
    shirt = shop(house)
    with reading_in(house):
        price = Price.objects.filter(min_quantity=10).get().pk
        wholesale = PriceList.objects.get().pk
        kind = PriceKind.objects.get(code="regular").pk
    return {
        "change": f"{CHANGE}?preview=1&percent=5&ending=0.99",
        "change-wrong": f"{CHANGE}?preview=1&percent=lots&amount=1&ending=-1",
        "change-impossible": f"{CHANGE}?preview=1&amount=-20",
        "change-nothing": f"{CHANGE}?preview=1&percent=0",
        "grid": f"/backend/catalog/price-grid/?product={shirt.pk}",
        "list": LIST,
        "add": f"{LIST}add/",
        "price": f"{LIST}{price}/change/",
        "close": f"{LIST}{price}/delete/",
        "kind": f"{KINDS}{kind}/change/",
        "price-list": f"{LISTS}{wholesale}/change/",
        "price-list-add": f"{LISTS}add/",
    }


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pages_of_prices(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("*")
    page, faults = alice.page(size=size, dark=dark), list[str]()
    for is_full in (False, True):
        for name, address in (full_pages(house) if is_full else EMPTY).items():
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, name
            shoot(page, f"prices-{name}-{request.node.callspec.id}")
            faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []


def test_prices_are_changed_by_five_percent_and_one_click_takes_it_back(house: House, desk: Seat) -> None:
    shop(house)
    before = amounts(house)
    page = desk("*").page()
    page.goto(CHANGE)
    page.get_by_label("Kind of price").select_option(label="Regular price")
    page.get_by_label("Change (%)").fill("5")
    page.get_by_role("button", name="Show what would become").click()
    expect(page.get_by_text("5 prices are chosen, 5 of them would become others.")).to_be_visible()
    assert amounts(house) == before
    page.get_by_role("button", name="Change 5 prices").click()
    expect(page.get_by_text("5 prices were changed.")).to_be_visible()
    assert amounts(house) == sorted(["105.00", "126.00", "15.00", "18.89", "20.99", "23.09"])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("5 prices were changed.")).to_be_hidden()
    assert amounts(house) == before


def many(house: House) -> None:
    """More coats than are changed at once, 10.00 each."""
    kind = PriceKind(code="regular", title="Regular price")
    with seeding(house.scope(house.root)):
        kind.save(force_insert=True)
        coats = Product.objects.bulk_create(Product(title=f"Coat {number}") for number in range(FEW + 1))
        Price.objects.bulk_create(
            Price(product=coat, kind=kind, currency="EUR", amount=Decimal(10), valid=Range(None, None, "()"))
            for coat in coats
        )


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_many_prices_are_changed_behind_the_page_and_the_strip_takes_it_back(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    many(house)
    alice = desk("*")
    page = alice.page(size=size, dark=dark)
    page.goto(f"{CHANGE}?preview=1&percent=5")
    page.get_by_role("button", name=f"Change {FEW + 1} prices").click()
    expect(page.get_by_text("The prices are being changed.")).to_be_visible()
    row = page.get_by_role("region", name="Long jobs").get_by_role("listitem")
    expect(row).to_contain_text("Change of prices")
    shoot(page, f"prices-job-waits-{request.node.callspec.id}")
    assert set(amounts(house)) == {"10.00"}
    sweep("work")
    assert set(amounts(house)) == {"10.50"}
    page.reload()
    undo = row.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    shoot(page, f"prices-job-done-{request.node.callspec.id}")
    assert faults_of(page, "job") == []
    undo.click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert set(amounts(house)) == {"10.00"}
    assert alice.complaints == []


def test_the_grid_is_edited_with_the_keyboard_and_saved_as_one_action(house: House, desk: Seat) -> None:
    shirt = shop(house)
    page = desk("*").page()
    page.goto(f"/backend/catalog/price-grid/?product={shirt.pk}")
    first = page.get_by_label("Regular price, EUR, from 1: Product")
    first.fill("20")
    first.press("ArrowDown")
    expect(page.get_by_label("Regular price, EUR, from 10: Product")).to_be_focused()
    page.keyboard.type("18")
    page.keyboard.press("Enter")
    page.keyboard.type("lots")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save prices").click()
    expect(page.get_by_text("Some amounts are not valid. Nothing was saved.")).to_be_visible()
    shoot(page, "prices-grid-wrong")
    page.get_by_label("Sale price, EUR, from 1: Product").fill("")
    page.get_by_label("New row: kind of price").select_option(label="Regular price (without tax)")
    page.get_by_label("New row: currency").fill("eur")
    page.get_by_label("New row: from quantity").fill("100")
    page.get_by_label("New row, Product").fill("15")
    page.get_by_role("button", name="Save prices").click()
    expect(page.get_by_text("The prices of “Shirt” were saved.")).to_be_visible()
    shoot(page, "prices-grid-saved")
    assert amounts(house) == sorted(["20.00", "18.00", "15.00", "21.99", "120.00", "100.00"])
    expect(page.get_by_label("Regular price, EUR, from 10: Product")).to_have_value("18.00")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Sale price, EUR, from 1: Product")).to_have_value("15.00")
