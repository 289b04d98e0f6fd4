"""The page that explains a price: what it says, whose it is, and what it makes of nonsense."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import PricingSettings, Product
from apps.kernel import clock
from apps.kernel.extensions.tabs import tabs_of
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.sales.models import Channel, TaxClass
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
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
from tests.support.scopes import House, seeding

PRICES = "catalog.products.view"


def browser(house: House, *features: str) -> Client:
    """Somebody of North in the back office."""
    roles = (make_role(house, *(features or ("catalog.*", "currencies.*", "sales.*"))),)
    return signed_in(make_user(house, roles=roles, home_organization_id=house.north.pk))


def page(client: Client, product: Product, **asked: Any) -> Any:
    asked = {"product": str(product.pk), **{name: str(value) for name, value in asked.items()}}
    return client.get(reverse("admin:catalog_price_explained"), asked)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def product(house: House) -> Product:
    return make_product(house, primary_currency="EUR", unit="pc")


def test_the_price_its_layer_and_the_others(house: House, product: Product) -> None:
    now = clock.now()
    make_price(house, product, make_kind(house, "regular"), "10.00")
    make_price(house, product, make_kind(house, "tier"), "9.00", min_quantity=Decimal(5), max_quantity=Decimal(9))
    sale = make_offer(house, product, now - timedelta(days=1), now + timedelta(days=1))
    make_price(house, product, make_kind(house, "sale"), "8.125", offer=sale)
    client = browser(house)
    first = text(page(client, product))
    assert "€8.125" in first
    assert "Promotion" in first
    assert "sale · Sale" in first  # the kind, and the title of the offer
    assert "A stronger layer has a price." in first
    assert "1 price that does not fit" in first
    assert "It needs a larger quantity." in first
    assert "5 to 9" in first
    over = text(page(client, product, at=(now + timedelta(days=2)).replace(tzinfo=None).isoformat(), quantity="5"))
    assert "€9.00" in over
    assert "Its offer has ended." in over


def test_narrowed_prices_say_to_what(house: House, product: Product) -> None:
    shop = saved(house, Channel(name="Web shop", code="web"))
    blue = make_variant(house, product, "Blue")
    summer = make_price_list(house, name="Summer")
    make_price(house, product, make_kind(house), "7.00", variant=blue, channel_id=shop.pk, price_list=summer)
    answer = text(page(browser(house), product, channel_id=shop.pk, variant_id=blue.pk))
    assert "€7.00" in answer
    assert "Blue · Summer · Web shop" in answer


def test_units_of_the_product_are_offered(house: House, product: Product) -> None:
    make_conversion(house, product)
    make_price(house, product, make_kind(house), "7.00", min_quantity=Decimal(24))
    client = browser(house)
    assert "€7.00" in text(page(client, product, quantity="2", unit="box"))
    assert "There is no price." in text(page(client, product, quantity="2"))
    assert "Select a valid choice" in text(page(client, product, unit="barrel"))


def test_what_is_wrong_stands_at_its_field(house: House, product: Product) -> None:
    make_price(house, product, make_kind(house), "7.00")
    client = browser(house)
    assert 'id="id_quantity_error"' in text(page(client, product, quantity="-1"))
    assert 'id="id_currency_error"' in text(page(client, product, currency="euro"))
    assert "€7.00" not in text(page(client, product, quantity="1e999"))
    assert page(client, product, channel_id="x", variant_id="y", at="z", customer_id="w").status_code == 200


def test_without_prices_and_without_currency(house: House) -> None:
    client = browser(house)
    assert "The product has no prices" in text(page(client, make_product(house, primary_currency="EUR")))
    asking = text(page(client, make_product(house)))
    assert "Choose a currency" in asking
    assert "id_currency_error" not in asking
    assert "id_currency_error" in text(page(client, make_product(house), currency=""))


def test_the_same_decision_again(house: House, product: Product) -> None:
    make_price(house, product, make_kind(house), "7.00")
    client = browser(house)
    first = page(client, product).context["shown"]
    again = client.get(f"{reverse('admin:catalog_price_explained')}?{first.again}").context["shown"]
    assert again.digest == first.digest


def test_products_of_others_are_missing_ones(house: House, other_house: House, product: Product) -> None:
    client = browser(house)
    foreign = page(client, make_product(other_house))
    address = reverse("admin:catalog_price_explained")
    for wanted in (foreign, client.get(address), client.get(address, {"product": str(uuid7())})):
        assert wanted.status_code == 404
    assert page(browser(house, "catalog.categories.view"), product).status_code == 403


def test_it_is_a_tab_of_the_product(house: House, product: Product) -> None:
    with using_scope(house.scope(house.north)):
        assert ("catalog.price_explained", "Price explained") in [
            (tab, str(label)) for tab, label, *_ in tabs_of(product)
        ]


def test_the_page_costs_as_much_for_many_prices(house: House, product: Product) -> None:
    client, kind = browser(house), make_kind(house)
    shops = [saved(house, Channel(name=f"Shop {number}", code=f"s{number}")) for number in range(4)]
    counts = []
    for shop in shops:
        make_price(house, product, kind, "7.00", channel_id=shop.pk)
        page(client, product)
        with CaptureQueriesContext(connection) as queries:
            page(client, product)
        counts.append(len(queries))
    assert counts[0] == counts[-1]
    assert counts[0] <= 22  # the frame of the page is half of them


def juice(house: House, **values: Any) -> Product:
    """A bottle of 0.75 l, taxed at 23 %, whose price per litre is shown."""
    saved(house, TaxClass(name="Standard", code="standard", rate=Decimal(23), is_default=True))
    shown = {"shows_unit_price": True, "unit_price_reference": "l", "unit_price_quantity": Decimal("0.75"), **values}
    return make_product(house, "Juice", primary_currency="EUR", **shown)


def test_the_side_that_was_entered_leads(house: House) -> None:
    product, kind, client = juice(house), make_kind(house), browser(house)
    make_price(house, product, kind, "12.30", includes_tax=True)
    gross = text(page(client, product))
    assert "<strong>€12.30</strong> <span>with tax, for one base unit</span>" in gross
    assert "€10.00 without tax · 23 % tax" in gross
    other = make_product(house, primary_currency="EUR")
    make_price(house, other, kind, "12.30")
    net = text(page(client, other))
    assert "<strong>€12.30</strong> <span>without tax, for one base unit</span>" in net
    assert "€15.129 with tax · 23 % tax" in net


def test_a_litre_costs_the_final_price_by_its_quantity(house: House) -> None:
    product, kind = juice(house), make_kind(house)
    make_price(house, product, kind, "10.00")  # 12.30 with tax
    client = browser(house)
    assert "= €16.40 / 1 l with tax" in text(page(client, product))
    with seeding(house.scope(house.north)):
        PricingSettings(shows_unit_prices=False).save(force_insert=True)
    assert "/ 1 l" not in text(page(client, product))


def test_a_product_that_shows_no_price_per_unit_has_none(house: House) -> None:
    product = juice(house, shows_unit_price=False)
    make_price(house, product, make_kind(house), "10.00")
    shown = text(page(browser(house), product))
    assert ("€10.00" in shown, "/ 1 l" in shown) == (True, False)
