"""Changes of many prices: what amounts become, what is chosen, previews, periods, undo, and history at scale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range

from apps.catalog.calculations.changes import PriceChange, PricePoint, changed_amount, planned
from apps.catalog.calculations.periods import Period
from apps.catalog.models import CategoryAssignment, Price, Product, ProductTagging
from apps.catalog.selectors import PriceChoice
from apps.catalog.services import change_prices
from apps.kernel import clock
from apps.kernel.bases.bitemporal import known_at
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.catalog.factories import (
    make_category,
    make_kind,
    make_price,
    make_price_list,
    make_product,
    make_tag,
    saved,
)
from tests.directory.callers import complaints, send
from tests.support.scopes import House, seeding

CHANGE, LIST = "/api/catalog/prices/change/", "/api/catalog/prices/"
SOON = datetime(2027, 3, 1, tzinfo=UTC)


def change(**values: str) -> PriceChange:
    return PriceChange(**{name: Decimal(value) for name, value in values.items()})


@pytest.mark.parametrize(
    ("amount", "how", "result"),
    [
        ("10", {"percent": "5"}, "10.5000"),
        ("10", {"percent": "-100"}, "0.0000"),
        ("0.00005", {"percent": "0"}, "0.0001"),
        ("19.99", {"amount": "-0.49"}, "19.5000"),
        ("3", {"amount": "-5"}, "-2.0000"),
        ("10", {"percent": "5", "round_to": "1"}, "11.0000"),
        ("10.02", {"round_to": "0.05"}, "10.0000"),
        ("10.025", {"round_to": "0.05"}, "10.0500"),
        ("12.40", {"ending": "0.99"}, "11.9900"),
        ("12.50", {"ending": "0.99"}, "12.9900"),
        ("0.20", {"ending": "0.99"}, "0.9900"),
        ("147", {"round_to": "10", "ending": "9"}, "149.0000"),
        ("7", {"percent": "33.3333"}, "9.3333"),
    ],
)
def test_what_an_amount_becomes(amount: str, how: dict[str, str], result: str) -> None:
    assert str(changed_amount(Decimal(amount), change(**how))) == result


@settings(deadline=None)
@given(
    amount=st.decimals(0, 10_000, places=4),
    percent=st.decimals(-100, 300, places=4),
    multiple=st.sampled_from([Decimal("0.05"), Decimal("0.5"), Decimal(1), Decimal(10)]),
    part=st.integers(0, 99),
)
def test_a_rounded_amount_is_the_nearest_that_ends_so(
    amount: Decimal, percent: Decimal, multiple: Decimal, part: int
) -> None:
    ending = (multiple * part / 100).quantize(Decimal("0.0001"))
    exactly = amount * (100 + percent) / 100
    found = changed_amount(amount, PriceChange(percent=percent, round_to=multiple, ending=ending))
    assert (found - ending) % multiple == 0
    assert found >= 0
    assert abs(found - exactly) <= multiple / 2 or found == ending


@settings(deadline=None)
@given(
    starts=st.lists(st.one_of(st.none(), st.integers(-20, 20)), min_size=1, max_size=6),
    length=st.integers(1, 30),
    since=st.one_of(st.none(), st.integers(-20, 20)),
)
def test_a_plan_changes_nothing_before_its_beginning(starts: list[int | None], length: int, since: int | None) -> None:
    def day(number: int | None) -> datetime | None:
        return None if number is None else SOON + timedelta(days=number)

    points = [
        PricePoint(uuid7(), Decimal(10), Period(day(start), None if start is None else day(start + length)))
        for start in starts
    ]
    plan = {item.id: item for item in planned(points, change(amount="1"), valid_from=day(since))}
    for point in points:
        for moment in (SOON + timedelta(days=number, hours=12) for number in range(-25, 55)):
            was = point.valid.overlaps(Period(moment, moment + timedelta(seconds=1)))
            item = plan.get(point.id)
            becomes = item is not None and item.valid.overlaps(Period(moment, moment + timedelta(seconds=1)))
            begins = day(since)
            assert becomes == (was and (begins is None or moment >= begins))


def amounts(client: Client, **query: str) -> list[str]:
    return sorted(item["amount"] for item in client.get(LIST, query).json()["results"])


def test_a_trial_says_what_would_be_done_and_writes_nothing(house: House, bob: Client) -> None:
    kind = make_kind(house)
    dear, cheap = (make_price(house, make_product(house), kind, amount) for amount in ("100", "10"))
    answer = send(bob, "post", CHANGE, {"kind_id": str(kind.pk), "amount": "-20", "dry_run": True}).json()
    assert {name: answer[name] for name in ("dry_run", "chosen", "changed", "impossible")} == {
        "dry_run": True,
        "chosen": 2,
        "changed": 2,
        "impossible": 1,
    }
    shown = [(item["id"], item["old"], item["new"], item["is_possible"]) for item in answer["results"]]
    assert shown == [(str(cheap.pk), "10.0000", "-10.0000", False), (str(dear.pk), "100.0000", "80.0000", True)]
    refused = send(bob, "post", CHANGE, {"kind_id": str(kind.pk), "amount": "-20"})
    assert (refused.status_code, refused.json()["code"]) == (400, "catalog.price_change.impossible")
    assert amounts(bob) == ["10.0000", "100.0000"]


def test_prices_are_changed_and_one_undo_takes_all_back(house: House, bob: Client) -> None:
    kind = make_kind(house)
    for amount in ("100", "10"):
        make_price(house, make_product(house), kind, amount)
    answer = send(bob, "post", CHANGE, {"kind_id": str(kind.pk), "percent": "5", "ending": "0.99"})
    assert (answer.status_code, answer.json()["changed"]) == (200, 2)
    assert amounts(bob) == ["10.9900", "104.9900"]
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    assert amounts(bob) == ["10.0000", "100.0000"]


def test_a_change_from_a_day_on_leaves_the_price_until_then(house: House, bob: Client) -> None:
    price = make_price(house, make_product(house), make_kind(house), "10")
    body = {"product_ids": [str(price.product_id)], "percent": "10", "valid_from": "2027-03-01T00:00:00Z"}
    answer = send(bob, "post", CHANGE, body)
    assert answer.status_code == 200
    found = {moment: amounts(bob, valid_at=f"2027-{moment}T00:00:00Z") for moment in ("02-28", "03-01", "12-31")}
    assert found == {"02-28": ["10.0000"], "03-01": ["11.0000"], "12-31": ["11.0000"]}
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    assert amounts(bob) == ["10.0000"]


def test_what_is_over_stays_what_it_was(house: House, bob: Client) -> None:
    product, kind = make_product(house), make_kind(house)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    make_price(house, product, kind, "5", valid=(past, past + timedelta(days=9)))
    make_price(house, product, kind, "10", valid=(past + timedelta(days=9), None))
    assert send(bob, "post", CHANGE, {"percent": "10", "kind_id": str(kind.pk)}).json()["changed"] == 1
    assert amounts(bob) == ["11.0000", "5.0000"]


def test_prices_of_products_that_are_gone_stay(house: House, bob: Client) -> None:
    kind = make_kind(house)
    make_price(house, make_product(house), kind, "10")
    make_price(house, make_product(house, deleted_at=clock.now()), kind, "20")
    assert send(bob, "post", CHANGE, {"percent": "10", "dry_run": True}).json()["chosen"] == 1
    assert send(bob, "post", CHANGE, {"percent": "10"}).json()["changed"] == 1
    assert amounts(bob) == ["11.0000", "20.0000"]


def test_prices_are_chosen_by_all_that_is_given(house: House, bob: Client) -> None:
    kind, group = make_kind(house), make_price_list(house)
    clothes = make_category(house, "Clothes")
    shirts = make_category(house, "Shirts", parent=clothes)
    tag = make_tag(house)
    products = [make_product(house, name) for name in ("Shirt", "Coat", "Cup")]
    saved(house, CategoryAssignment(product=products[0], category=shirts))
    saved(house, CategoryAssignment(product=products[1], category=clothes))
    saved(house, ProductTagging(product=products[2], tag=tag))
    for product in products:
        make_price(house, product, kind)
    make_price(house, products[2], kind, price_list=group)
    make_price(house, products[2], make_kind(house), currency="PLN")
    choices: dict[str, dict[str, Any]] = {
        "category": {"category_id": str(clothes.pk)},
        "below": {"category_id": str(shirts.pk)},
        "tag": {"tag_id": str(tag.pk)},
        "tag and kind": {"tag_id": str(tag.pk), "kind_id": str(kind.pk)},
        "list": {"price_list_id": str(group.pk)},
        "currency": {"currency": "PLN"},
        "products": {"product_ids": [str(products[0].pk), str(products[2].pk)]},
        "nothing": {"tag_id": str(uuid7())},
    }
    chosen = {
        name: send(bob, "post", CHANGE, {**chosen_by, "percent": "1", "dry_run": True}).json()["chosen"]
        for name, chosen_by in choices.items()
    }
    assert chosen == {
        "category": 2,
        "below": 1,
        "tag": 3,
        "tag and kind": 2,
        "list": 1,
        "currency": 1,
        "products": 4,
        "nothing": 0,
    }


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, {"percent": "catalog.price_change.one_way"}),
        ({"percent": "1", "amount": "1"}, {"percent": "catalog.price_change.one_way"}),
        ({"percent": "-100.01"}, {"percent": "catalog.price_change.out_of_range"}),
        ({"percent": "lots"}, {"percent": "invalid"}),
        ({"percent": "1", "round_to": "0"}, {"round_to": "catalog.price_change.out_of_range"}),
        ({"percent": "1", "ending": "1"}, {"ending": "catalog.price_change.out_of_range"}),
        ({"percent": "1", "valid_from": "2020-01-01T00:00:00Z"}, {"valid_from": "catalog.price_change.in_past"}),
        ({"percent": "1", "colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_a_change_that_is_none_is_refused(house: House, bob: Client, body: Any, complaint: Any) -> None:
    answer = send(bob, "post", CHANGE, {**body, "dry_run": True})
    assert (answer.status_code, complaints(answer)) == (400, complaint)


def test_nothing_to_change_is_said(house: House, bob: Client) -> None:
    answer = send(bob, "post", CHANGE, {"percent": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "catalog.price_change.nothing")


def test_any_number_of_prices_is_two_writing_statements(house: House) -> None:
    kind = make_kind(house)
    for _number in range(5):
        make_price(house, make_product(house), kind)
    with using_scope(house.scope(house.north)), CaptureQueriesContext(connection) as queries:
        change_prices(choice=PriceChoice(kind_id=kind.pk), change=change(percent="5"))
    words = [
        item["sql"].split()[0] for item in queries if '"price"' in item["sql"] and "end_command(" not in item["sql"]
    ]
    assert [word for word in words if word != "SELECT"] == ["UPDATE", "INSERT"]


def known_facts(moment: datetime | None) -> set[tuple[UUID, Decimal]]:
    with scoped_transaction():
        return set(known_at(Price.objects.all(), moment).values_list("product_id", "amount"))


@pytest.mark.prove
def test_what_was_known_before_ten_thousand_changes_is_known_to_the_letter_after_them(house: House) -> None:
    kind = make_kind(house)
    with seeding(house.scope(house.north)):
        products = Product.objects.bulk_create(Product(title=f"P {number}") for number in range(2_500))
        Price.objects.bulk_create(
            Price(product=item, kind=kind, currency="EUR", amount=Decimal(number + 1), valid=Range(None, None, "()"))
            for number, item in enumerate(products)
        )
    noted: list[tuple[datetime, set[tuple[UUID, Decimal]]]] = []
    with using_scope(house.scope(house.north)):
        for step in range(4):
            noted.append((clock.now(), known_facts(None)))
            changed = change_prices(choice=PriceChoice(kind_id=kind.pk), change=change(percent=str(step + 1)))
            assert changed == 2_500
        assert [known_facts(moment) == facts for moment, facts in noted] == [True] * 4
        assert len({frozenset(facts) for _moment, facts in noted}) == 4
