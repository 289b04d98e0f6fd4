"""The page of an offer in a real browser: its prices beside those that they take the place of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from apps.catalog.models import Offer
from apps.kernel import clock
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.catalog.factories import FEATURES, make_kind, make_offer, make_price, make_product, make_variant
from tests.sales.factories import make_tax_class
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone-dark")]
ADD = "Add a price of this offer"


def address_of(offer: Offer) -> str:
    return f"/backend/catalog/offer/{offer.pk}/change/"


def furnish(house: House) -> dict[str, Offer]:
    """Offers with many prices, with none, and of a product without any."""
    now = clock.now()
    make_tax_class(house, rate=Decimal(23), is_default=True)
    shirt, bare = make_product(house, "Linen shirt"), make_product(house, "Bare")
    regular, blue = make_kind(house, "regular", title="Regular price"), make_variant(house, shirt, "Blue / L")
    make_price(house, shirt, regular, "50", max_quantity=9)
    make_price(house, shirt, regular, "45", min_quantity=10)
    make_price(house, shirt, regular, "200", currency="PLN")
    full, plain, empty = (
        make_offer(house, product, now - timedelta(days=1), now + timedelta(days=9)) for product in (shirt, shirt, bare)
    )
    make_price(house, shirt, regular, "49.20", offer=full, includes_tax=True, max_quantity=9)
    make_price(house, shirt, regular, "45.90", offer=full, min_quantity=10, variant=blue)
    make_price(house, shirt, regular, "40", offer=full, currency="USD", valid=(now, now + timedelta(days=5)))
    return {"full": full, "plain": plain, "empty": empty}


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_looks(desk: Seat, house: House, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest) -> None:
    offers, alice = furnish(house), desk(*FEATURES)
    page, faults = alice.page(size=size, dark=dark), list[str]()
    for name, offer in offers.items():
        page.goto(address_of(offer))
        shoot(page, f"offer-{name}-{request.node.callspec.id}")
        faults += faults_of(page, name)
    page.context.add_cookies([{"name": "django_language", "value": "pl", "url": alice.server}])
    page.goto(address_of(offers["full"]))
    expect(page.get_by_text("Ceny tej oferty")).to_be_visible()
    shoot(page, f"offer-pl-{request.node.callspec.id}")
    assert faults == []
    assert alice.complaints == []


def test_prices_say_what_they_take_the_place_of(desk: Seat, house: House) -> None:
    offers = furnish(house)
    page = desk(*FEATURES).page()
    page.goto(address_of(offers["full"]))
    rows = page.locator(".cp-history tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("€49.20 with tax")
    expect(rows.nth(0)).to_contain_text("€50.00 without tax")
    expect(rows.nth(0)).to_contain_text("€61.50 with tax")
    expect(rows.nth(0)).to_contain_text("\N{MINUS SIGN}20 %")
    expect(rows.nth(1)).to_contain_text("+2 %")
    expect(rows.nth(2)).to_contain_text("no other price")
    page.goto(address_of(offers["plain"]))
    expect(page.get_by_text("Without the offer one base unit costs:")).to_be_visible()
    page.get_by_role("link", name=ADD).click()
    expect(page.locator("#id_offer")).to_have_value(str(offers["plain"].pk))


def test_who_sets_no_prices_is_offered_no_way_to(desk: Seat, house: House) -> None:
    page = desk("catalog.offers.manage").page()
    page.goto(address_of(furnish(house)["full"]))
    expect(page.get_by_text("Prices of this offer")).to_be_visible()
    expect(page.get_by_role("link", name=ADD)).to_have_count(0)
