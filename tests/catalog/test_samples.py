"""The sample shops of demonstrations: the same every time, whole, and quick to make."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.catalog.calculations.barcodes import fault_of
from apps.catalog.models import (
    Category,
    Component,
    Offer,
    OfferKind,
    Price,
    PriceKind,
    PriceList,
    Product,
    ProductTagging,
    UnitConversion,
    Variant,
)
from apps.catalog.services.samples.drawing import Draw, history
from apps.catalog.services.samples.words import SORTS
from apps.catalog.setup import seed_examples
from apps.kernel import clock
from apps.kernel.bases.bitemporal import known_at
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.sales.models import Channel, TaxClass
from apps.sales.setup import seed_examples as seed_sales_examples
from tests.support.scopes import House, seeding

UNTIL = datetime(2026, 3, 6, 12, tzinfo=UTC)


def test_a_shop_is_drawn_the_same_for_ever() -> None:
    first, again = (list(Draw("food", language="pl", until=UNTIL, currency="PLN").products(60)) for _time in range(2))
    assert first == again
    assert len({item.values["title"] for item in first}) == 60


def test_every_language_has_every_word() -> None:
    for language in ("en", "pl", "de", "es"):
        for shop in SORTS:
            titles = [
                item.values["title"] for item in Draw(shop, language=language, until=UNTIL, currency="EUR").products(24)
            ]
            assert len(set(titles)) == 24


def test_prices_follow_one_another_without_a_gap() -> None:
    for item in Draw("parts", language="de", until=UNTIL, currency="EUR").products(200):
        steps = history(item, "parts")
        assert [end for _begin, end, _amount in steps[:-1]] == [begin for begin, _end, _amount in steps[1:]]
        assert steps[-1][1] is None
        assert all(begin < UNTIL and amount > 0 for begin, _end, amount in steps)


@pytest.mark.prove
def test_three_organizations_get_a_shop_each_and_only_once(house: House) -> None:
    scope = house.scope()
    for organization in (house.root, house.north, house.south):
        with seeding(house.scope(organization)):
            Channel(name="Direct", code="direct", is_default=True).save(force_insert=True)
    began = time.monotonic()
    with using_scope(scope), clock.frozen(UNTIL):
        for _time in range(2):
            seed_sales_examples(replace(scope, organization_id=None))
            seed_examples(replace(scope, organization_id=None))
    assert time.monotonic() - began < 60
    with using_scope(scope), scoped_transaction():
        owners = Counter(Product.objects.values_list("organization_id", flat=True))
        assert sorted(owners.values()) == [300, 600, 600]
        assert Variant.objects.count() == 2700
        assert all(fault_of("ean13", code) is None for code in Variant.objects.values_list("barcode", flat=True)[:50])
        assert set(Category.objects.values_list("depth", flat=True)) == {0, 1, 2}
        assert dict(Counter(Offer.objects.values_list("kind", flat=True))) == {
            OfferKind.PROMOTION: 135,
            OfferKind.LISTING: 90,
        }
        assert Offer.objects.filter(starts_at__lte=UNTIL, ends_at__gt=UNTIL).count() == 45
        assert Offer.objects.filter(starts_at__gt=UNTIL).count() == 45
        assert sorted(PriceKind.objects.values_list("code", flat=True)) == ["regular", "sale"]
        wholesale = PriceList.objects.get(code="wholesale")
        assert (wholesale.percent, wholesale.base_list_id is not None) == (Decimal(-12), True)
        assert set(UnitConversion.objects.values_list("unit", flat=True)) == {"box", "roll"}
        assert Component.objects.count() == 40
        assert Product.objects.filter(age_min=18, is_excise_good=True, excise_category="alcohol").count() > 100
        assert Product.objects.filter(shows_unit_price=True).count() == 590
        assert ProductTagging.objects.count() > 500
        assert TaxClass.objects.count() == 2 * len(house.scope().organization_ids)
        assert Product.objects.filter(tax_class_id__isnull=True).count() == 10  # baskets are taxed as what is in them


def test_a_past_day_had_other_prices(house: House) -> None:
    scope = house.scope()
    with using_scope(scope), clock.frozen(UNTIL):
        seed_examples(replace(scope, organization_id=None, organization_ids=frozenset({house.north.pk})))
        with scoped_transaction():
            then = datetime(2025, 3, 6, tzinfo=UTC)
            before = dict(
                known_at(Price.objects.filter(valid__contains=then), then).values_list("product_id", "amount")
            )
            today = dict(
                Price.objects.filter(valid__contains=UNTIL, kind__code="regular").values_list("product_id", "amount")
            )
    assert len(before) > 50
    assert sum(before[item] != today.get(item) for item in before) > 40
