"""The page that explains a price in a real browser: judged, by keyboard, at 390 px, in the dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.catalog.models import Product
from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.sales.models import Channel
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.catalog.factories import (
    make_conversion,
    make_kind,
    make_offer,
    make_price,
    make_price_list,
    make_product,
    make_variant,
    saved,
)
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
FEATURES = ("catalog.*", "sales.*", "currencies.*", "customers.*")
LOOKS = [
    pytest.param(DESKTOP, False, id="desk"),
    pytest.param(PHONE, True, id="phone-dark"),
]


def furnish(house: House) -> tuple[Product, Channel]:
    """A product with a price on every layer, and some that do not fit."""
    now = clock.now()
    product = make_product(house, "Linen shirt", primary_currency="EUR", unit="pc")
    make_conversion(house, product)
    blue = make_variant(house, product, "Blue / L")
    shop = saved(house, Channel(name="Web shop", code="web"))
    regular, sale = make_kind(house, "regular"), make_kind(house, "sale", is_promotion=True)
    summer = make_price_list(house, name="Summer 2026", priority=5)
    make_price(house, product, regular, "49.90", max_quantity=Decimal(11))
    make_price(house, product, regular, "44.50", min_quantity=Decimal(12))
    make_price(house, product, regular, "48.00", variant=blue)
    make_price(house, product, regular, "47.123", channel_id=shop.pk, price_list=summer)
    make_price(house, product, regular, "39.00", customer_id=uuid7())
    running = make_offer(house, product, now - timedelta(days=1), now + timedelta(days=9))
    over = make_offer(house, product, now - timedelta(days=9), now - timedelta(days=2))
    make_price(house, product, sale, "35.00", offer=running)
    make_price(house, product, sale, "29.00", offer=over)
    return product, shop


def address(product: Product, query: str = "") -> str:
    return f"{reverse('admin:catalog_price_explained')}?product={product.pk}{query}"


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_looks(desk: Seat, house: House, size: tuple[int, int], dark: bool) -> None:
    product, shop = furnish(house)
    bare = make_product(house, "Bare")
    alice = desk(*FEATURES)
    page = alice.page(size=size, dark=dark)
    look = f"{size[0]}-{'dark' if dark else 'light'}"
    faults = []
    for name, where in {
        "full": address(product, f"&channel_id={shop.pk}"),
        "empty": address(make_product(house, "Empty", primary_currency="EUR")),
        "no-currency": address(bare),
        "wrong": address(product, "&quantity=-1&currency=euro&unit=barrel&at=yesterday"),
        "converted": address(product, "&currency=USD"),
    }.items():
        page.goto(where)
        shoot(page, f"explained-{name}-{look}")
        faults += faults_of(page, name)
    assert faults == []
    assert alice.complaints == []


def test_by_keyboard(desk: Seat, house: House) -> None:
    product, _ = furnish(house)
    page = desk(*FEATURES).page()
    page.goto(address(product))
    expect(page.get_by_text("€35.00").first).to_be_visible()
    page.get_by_label("Sold on").fill((clock.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S"))
    page.get_by_label("Quantity").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("box")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Currency")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cp-price")).to_contain_text("€44.50")
    page.get_by_text("that do not fit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Its offer has ended.").first).to_be_visible()
    page.get_by_text("Ask for this very decision again").click()
    digest = page.locator(".cp-digest").inner_text()
    page.get_by_role("link", name="The same question at the same moment").click()
    page.get_by_text("Ask for this very decision again").click()
    assert page.locator(".cp-digest").inner_text() == digest
