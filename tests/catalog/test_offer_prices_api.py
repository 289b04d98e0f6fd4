"""Prices of an offer over HTTP, and on its page in the back office."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Offer, Price
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.catalog.factories import make_kind, make_offer, make_price, make_product, seller
from tests.directory.callers import complaints
from tests.sales.factories import make_tax_class
from tests.support.scopes import House

MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
PAGES = "/backend/catalog/offer"


def address_of(offer: Offer) -> str:
    return f"/api/catalog/offers/{offer.pk}/prices/"


def sale(house: House, amount: str = "80", **values: object) -> tuple[Offer, Price, Price]:
    """An offer, its price, and the price of 100 without tax that it takes the place of."""
    product, kind = make_product(house), make_kind(house, "regular")
    usual = make_price(house, product, kind, "100")
    offer = make_offer(house, product, MAY, JULY)
    return offer, make_price(house, product, kind, amount, offer=offer, **values), usual


def test_prices_stand_beside_those_that_they_take_the_place_of(bob: Client, house: House) -> None:
    make_tax_class(house, rate=Decimal(23), is_default=True)
    offer, price, usual = sale(house, "98.4", includes_tax=True, min_quantity=5)
    with clock.frozen(JUNE):
        body = bob.get(address_of(offer)).json()
    [own], [overridden] = body["own"], body["overridden"]
    assert (body["at"], own["price_id"], own["amount"], own["includes_tax"]) == (
        "2026-06-01T00:00:00Z",
        str(price.pk),
        "98.4000",
        True,
    )
    assert (own["instead"], own["instead_amount"], own["difference_percent"]) == (overridden, "123.0000", "-20.00")
    assert (overridden["price_id"], overridden["amount"], overridden["includes_tax"], overridden["currency"]) == (
        str(usual.pk),
        "100.0000",
        False,
        "EUR",
    )
    assert (own["min_quantity"], own["kind_code"], own["source_id"]) == ("5.000000", "regular", None)


def test_prices_are_asked_for_at_a_moment(bob: Client, house: House) -> None:
    offer, price, _usual = sale(house, valid=(JUNE, JULY))
    earlier = bob.get(address_of(offer), {"at": "2026-05-10T00:00:00Z"}).json()
    later = bob.get(address_of(offer), {"at": "2026-07-01T00:00:00Z"}).json()
    assert ([row["price_id"] for row in earlier["own"]], later["own"]) == ([str(price.pk)], [])
    assert len(later["overridden"]) == 1


@pytest.mark.parametrize(
    ("asked", "code"), [({"at": "soon"}, "invalid"), ({"when": "2026-05-10T00:00:00Z"}, "kernel.parameter.unknown")]
)
def test_wrong_questions_are_refused(bob: Client, house: House, asked: dict[str, str], code: str) -> None:
    offer = make_offer(house, make_product(house), MAY, JULY)
    answer = bob.get(address_of(offer), asked)
    assert (answer.status_code, complaints(answer)) == (400, {next(iter(asked)): code})


def test_whoever_sees_offers_sees_their_prices(house: House) -> None:
    offer, _price, _usual = sale(house)
    assert seller(house, "catalog.offers.view").get(address_of(offer)).status_code == 200
    assert seller(house, "catalog.products.view").get(address_of(offer)).status_code == 403


def test_another_tenants_offer_has_no_prices(house: House, other_house: House) -> None:
    offer, _price, _usual = sale(house)
    answers = [seller(other_house).get(address) for address in (address_of(offer), address_of(Offer(pk=uuid7())))]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "kernel.not_found")] * 2


def test_many_prices_cost_no_more_queries(bob: Client, house: House) -> None:
    offer, price, _usual = sale(house)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert bob.get(address_of(offer)).status_code == 200
        return len(queries)

    first = [count() for _each in range(2)][-1]  # the very first call of a client signs in
    for least in (10, 20, 30):
        tier = {"min_quantity": least, "max_quantity": least + 9}
        make_price(house, offer.product, price.kind, "70", offer=offer, currency="PLN", **tier)
    assert count() == first


def test_the_page_of_an_offer_shows_them(bob: Client, house: House) -> None:
    offer, price, usual = sale(house)
    with clock.frozen(JUNE):
        page = bob.get(f"{PAGES}/{offer.pk}/change/").content.decode()
    assert f"/backend/catalog/price/{price.pk}/change/" in page
    assert f"/backend/catalog/price/{usual.pk}/change/" in page
    assert "\N{MINUS SIGN}20 %" in page


def test_the_page_of_an_offer_without_prices_says_what_holds(bob: Client, house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    offer = make_offer(house, product, MAY, JULY)
    address = f"{PAGES}/{offer.pk}/change/"
    assert "This offer has no prices of its own." in bob.get(address).content.decode()
    assert "Without the offer" not in bob.get(address).content.decode()
    make_price(house, product, kind, "100")
    assert "Without the offer" in bob.get(address).content.decode()
