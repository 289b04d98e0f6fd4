"""Prices that two people write at once, and what the database refuses by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, connections
from psycopg.types.range import Range

from apps.catalog.errors import PricesOverlap
from apps.catalog.models import Price, PriceKind, Product
from apps.catalog.services import create_price
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.catalog.factories import make_kind, make_price, make_product
from tests.support.crowds import wait_until_it_waits
from tests.support.scopes import House, seeding


def created(house: House, product: Product, kind: PriceKind, amount: str) -> Price | PricesOverlap:
    """What comes of setting a price, in a connection of its own."""
    try:
        with using_scope(house.scope(house.north)):
            return create_price(product_id=product.pk, kind_id=kind.pk, currency="EUR", amount=Decimal(amount))
    except PricesOverlap as refusal:
        return refusal
    finally:
        connections.close_all()


@pytest.mark.committed
def test_the_constraint_names_what_could_not_be_seen(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    with ThreadPoolExecutor(1) as pool:
        with seeding(house.scope(house.north)):
            other = Price(product=product, kind=kind, currency="EUR", amount=Decimal(5), valid=Range(None, None, "()"))
            other.save(force_insert=True)
            pending = pool.submit(created, house, product, kind, "6")
            wait_until_it_waits(pending)
        refusal = pending.result(timeout=20)
    assert isinstance(refusal, PricesOverlap)
    assert (refusal.status, [item["id"] for item in refusal.context["prices"]]) == (409, [str(other.pk)])
    with using_scope(house.scope()), scoped_transaction():
        assert list(Price.objects.values_list("pk", flat=True)) == [other.pk]


@pytest.mark.committed
def test_of_two_who_set_the_same_price_one_does(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(created, house, product, kind, amount) for amount in ("5", "6")]
        found = [end.result(timeout=20) for end in ends]
    [price] = [item for item in found if isinstance(item, Price)]
    [refusal] = [item for item in found if isinstance(item, PricesOverlap)]
    assert [item["id"] for item in refusal.context["prices"]] == [str(price.pk)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("amount = 1", "permission denied"),
        ("max_quantity = 3", "permission denied"),
        ("known = 'empty'", "never changed"),
        ("known = known", "never changed"),
    ],
)
def test_nothing_overwrites_a_price(house: House, change: str, refusal: str) -> None:
    make_price(house, make_product(house), make_kind(house))
    with pytest.raises(DatabaseError, match=refusal), seeding(house.scope()), connection.cursor() as cursor:
        cursor.execute(f"UPDATE price SET {change}")
