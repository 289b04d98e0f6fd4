"""A decision that is asked for again: the same answer and the same digest, whatever was changed around it since."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog import services as catalog
from apps.catalog.contracts import ExplainedPrice, PriceRequest
from apps.catalog.models import PriceList, Product
from apps.catalog.selectors.price_facts import TYPES
from apps.catalog.selectors.price_past import MODELS
from apps.kernel import clock
from apps.kernel.bases.former import FormerRow, history
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput, PlatformError
from apps.kernel.tenancy.scope import using_scope
from apps.sales.services import update_tax_class
from tests.catalog.factories import make_product, make_variant, seller
from tests.catalog.selling import DEEDS, Facts, Shop, explained, facts_of, make_shop, set_groups
from tests.directory.callers import send
from tests.support.scopes import House, reading, seeding
from tests.support.sizes import size

EXPLAIN = "/api/catalog/prices/explain/"
HOUR = timedelta(hours=1)
Noted = tuple[PriceRequest, str, Facts | None]


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    with clock.frozen(clock.now() - 100 * HOUR) as time:
        made = make_shop(house)
        time.tick(HOUR)
        yield made


def again(request: PriceRequest, found: ExplainedPrice) -> PriceRequest:
    """The question as a document keeps it: with the instants of the trace."""
    context = found.trace.document["context"]
    at, known_at = (datetime.fromisoformat(context[name]) for name in ("at", "known_at"))
    return replace(request, at=at, known_at=known_at)


def noted(shop: Shop) -> list[Noted]:
    """What everybody is answered now. A question that is refused, for a unit that is gone say, has no answer."""
    found: list[Noted] = []
    for request in shop.questions():
        with suppress(PlatformError):
            [answer] = explained(shop, request)
            found.append((again(request, answer), answer.trace.digest, facts_of(answer)))
    return found


def assert_same(shop: Shop, notes: list[Noted]) -> None:
    for request, digest, facts in notes:
        [answer] = explained(shop, request)
        assert (answer.trace.digest, facts_of(answer)) == (digest, facts)


def assert_same_together(shop: Shop, notes: list[Noted]) -> None:
    """The same, all instants in one call."""
    answers = explained(shop, *(request for request, _, _ in notes))
    assert [answer.trace.digest for answer in answers] == [digest for _, digest, _ in notes]


def ran(house: House, call: Callable[[], object]) -> list[UUID]:
    """Run a command; its action, and nothing where it was refused."""
    with using_scope(house.scope(house.north)), collecting_actions() as actions, suppress(PlatformError):
        call()
    return actions[-1:]


# One change at a time: what is asked, what it costs before and after, without tax and with it.


def _anybody(_: Shop) -> dict[str, Any]:
    return {}


def _anna(shop: Shop) -> dict[str, Any]:
    return {"customer_id": shop.customer.pk}


def _boxes(shop: Shop) -> dict[str, Any]:
    return {"unit": "box", **_anna(shop)}


def _variant(shop: Shop) -> dict[str, Any]:
    return {"variant_id": shop.variant.pk}


Change = Callable[[Shop], object]
Amounts = tuple[str, str] | None
PLAIN, GROUP, BOXES, OFFERED = ("9.0741", "9.8000"), ("8.5500", "9.2340"), ("7.2000", "7.7760"), ("7.0000", "7.5600")
CHANGES: list[tuple[Any, Amounts, Change, Amounts]] = [
    (_anybody, PLAIN, lambda s: catalog.update_product(s.product.pk, is_active=False), None),
    (_anybody, PLAIN, lambda s: catalog.archive_product(s.product.pk), None),
    (_anybody, PLAIN, lambda s: catalog.update_product(s.product.pk, is_quote_only=True), None),
    (_anybody, PLAIN, lambda s: catalog.update_product(s.product.pk, tax_class_id=None), ("7.9675", "9.8000")),
    (_anybody, PLAIN, lambda s: update_tax_class(s.reduced.pk, rate=Decimal(0)), ("9.5000", "9.5000")),
    (_anybody, PLAIN, lambda s: catalog.update_price_kind(s.sale.pk, is_active=False), ("9.5000", "10.2600")),
    (_anybody, PLAIN, lambda s: catalog.update_price_kind(s.regular.pk, is_promotion=True), ("9.5000", "10.2600")),
    (_anybody, PLAIN, lambda s: catalog.update_price_list(s.base_list.pk, priority=1), ("9.5000", "10.2600")),
    (_anybody, PLAIN, lambda s: catalog.create_price_list(**a_list(s, "-50")), ("4.7500", "5.1300")),
    (_anna, GROUP, lambda s: catalog.update_price_list(s.derived.pk, percent=Decimal(-20)), ("7.6000", "8.2080")),
    (_anna, GROUP, lambda s: catalog.update_price_list(s.derived.pk, is_active=False), PLAIN),
    (_anna, GROUP, lambda s: catalog.update_price_list(s.derived.pk, valid_from=clock.now() + HOUR), PLAIN),
    (_anna, GROUP, lambda s: catalog.update_price_list(s.derived.pk, customer_group_id=None, priority=-1), PLAIN),
    (
        _anna,
        GROUP,
        lambda s: catalog.update_price_list(s.derived.pk, **{"percent": None, **TWICE}),
        ("19.0000", "20.5200"),
    ),
    (_anna, GROUP, lambda s: catalog.delete_price_list(s.derived.pk), PLAIN),
    (_anna, GROUP, lambda s: catalog.update_pricing_settings(layers=[2, 0, 1, 3, 4]), PLAIN),
    (_anna, GROUP, set_groups, PLAIN),
    (_boxes, BOXES, lambda s: catalog.update_conversion(s.unit.pk, factor=Decimal(2)), GROUP),
    (_variant, OFFERED, lambda s: catalog.update_offer(s.offer.pk, is_active=False), PLAIN),
    (_variant, OFFERED, lambda s: catalog.update_offer(s.offer.pk, ends_at=clock.now() - HOUR), PLAIN),
    (_variant, OFFERED, lambda s: catalog.update_offer(s.offer.pk, starts_at=clock.now() + HOUR), PLAIN),
    (_variant, OFFERED, lambda s: catalog.update_variant(s.variant.pk, is_active=False), None),
    (_variant, OFFERED, lambda s: catalog.update_variant(s.variant.pk, tax_class_id=s.usual.pk), ("7.0000", "8.6100")),
]
TWICE: dict[str, Any] = {"formula": '{"multiply": [{"field": "price"}, 2]}'}


def a_list(shop: Shop, percent: str) -> dict[str, Any]:
    """Another list of the base list's prices, for everybody."""
    named = {"name": "Further", "code": "further", "currency": "EUR"}
    return {**named, "base_list_id": shop.base_list.pk, "percent": Decimal(percent)}


def amounts(found: ExplainedPrice) -> Amounts:
    decision = found.decision
    return None if decision is None else (f"{decision.net:f}", f"{decision.gross:f}")


@pytest.mark.parametrize(("who", "before", "change", "after"), CHANGES)
def test_a_change_leaves_the_answers_alone_that_were_given(
    shop: Shop, who: Any, before: Amounts, change: Change, after: Amounts
) -> None:
    request = PriceRequest(shop.product.pk, "EUR", **who(shop))
    [then] = explained(shop, request)
    with clock.frozen(clock.now() + HOUR):
        with using_scope(shop.house.scope(shop.house.north)):
            change(shop)
        [now], [still] = explained(shop, request), explained(shop, again(request, then))
    assert (amounts(then), amounts(now), amounts(still)) == (before, after, before)
    assert (still.trace.digest, facts_of(still)) == (then.trace.digest, facts_of(then))


# Many changes, in any order, some of them undone.


def lived(shop: Shop, seed: int, changes: int) -> list[Noted]:
    """What was answered in the course of random changes."""
    dice, notes = random.Random(seed), noted(shop)  # noqa: S311
    done: list[UUID] = []
    with clock.frozen(clock.now() + HOUR) as time:
        for _ in range(changes):
            # What is known of one price moves on by a microsecond where two corrections have the same moment.
            time.tick(timedelta(microseconds=dice.choice((20, 50, 10**9))))
            deed: Callable[[], object] = partial(DEEDS[dice.choice(list(DEEDS))], shop, dice)
            if done and dice.random() < 0.25:
                deed = partial(undo, dice.choice(done), cascade=dice.random() < 0.5)
            done += ran(shop.house, deed)
            notes += noted(shop) if dice.random() < 0.3 else []
    return notes


def assert_histories_hold(shop: Shop, seed: int, changes: int) -> None:
    notes = lived(shop, seed, changes)
    with clock.frozen(clock.now() + 1_000 * HOUR):
        assert len({digest for _, digest, _ in notes}) > changes / 10
        assert_same(shop, notes)
        assert_same_together(shop, notes)


@pytest.mark.parametrize("seed", range(2))
def test_answers_hold_through_random_changes(shop: Shop, seed: int) -> None:
    assert_histories_hold(shop, seed, changes=50)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(1_000, 1_000 + size(small=10, full=40)))
def test_answers_hold_through_many_more_changes(shop: Shop, seed: int) -> None:
    assert_histories_hold(shop, seed, changes=250)


@pytest.mark.prove
def test_answers_hold_behind_ten_thousand_changes_of_a_list(shop: Shop) -> None:
    notes = noted(shop)
    with clock.frozen(clock.now() + HOUR) as time, seeding(shop.house.scope(shop.house.north)):
        for number in range(10_000):
            time.tick(0.001)
            PriceList.objects.filter(pk=shop.derived.pk).update(percent=-(number % 40), updated_at=clock.now())
    with clock.frozen(clock.now() + 2 * HOUR):
        assert_same(shop, notes)


# What was deleted, and how much is asked.


def test_what_was_deleted_since_had_an_answer(shop: Shop) -> None:
    bare = make_product(shop.house)
    request = PriceRequest(bare.pk, "EUR", variant_id=make_variant(shop.house, bare).pk)
    [then] = explained(shop, request)
    with clock.frozen(clock.now() + HOUR):
        [action] = ran(shop.house, partial(catalog.delete_product, bare.pk))
        with pytest.raises(InvalidInput):
            explained(shop, request)
        assert explained(shop, again(request, then))[0].trace.digest == then.trace.digest
        now = replace(again(request, then), known_at=clock.now())
        with pytest.raises(InvalidInput):
            explained(shop, now)
    with clock.frozen(clock.now() + 2 * HOUR):
        ran(shop.house, partial(undo, action))
        assert explained(shop, now)[0].decision is None  # out of sale for an hour
        assert explained(shop, again(request, then))[0].trace.digest == then.trace.digest


def test_what_came_later_was_not_there(shop: Shop) -> None:
    before = PriceRequest(shop.product.pk, "EUR", unit="pallet", known_at=clock.now())
    with clock.frozen(clock.now() + HOUR), using_scope(shop.house.scope(shop.house.north)):
        unit = catalog.create_conversion(product_id=shop.product.pk, unit="pallet", factor=Decimal(144))
        assert explained(shop, replace(before, known_at=clock.now()))[0].decision is not None
        with pytest.raises(InvalidInput):
            explained(shop, before)
    assert unit.factor == 144


@pytest.mark.parametrize("known", [(None,), (HOUR,), (HOUR, None), (HOUR, HOUR / 2, HOUR / 3)])
def test_the_past_needs_no_more_queries(shop: Shop, known: tuple[timedelta | None, ...]) -> None:
    """Facts, tax rates, groups and prices, however many instants."""
    asked = [
        PriceRequest(
            shop.product.pk, "EUR", known_at=None if item is None else clock.now() - item, customer_id=shop.customer.pk
        )
        for item in known
    ]
    explained(shop, *asked)
    with CaptureQueriesContext(connection) as seen:
        explained(shop, *asked)
    counted = [item["sql"] for item in seen.captured_queries if "FROM" in item["sql"]]
    assert len(counted) == 4


def test_changes_of_others_are_not_seen(shop: Shop, other_house: House) -> None:
    moment = clock.now()
    with clock.frozen(clock.now() + HOUR):
        ran(shop.house, partial(catalog.update_product, shop.product.pk, is_active=False))
    with reading(shop.house.scope(shop.house.north)):
        assert list(FormerRow.objects.values_list("row_id", flat=True)) == [shop.product.pk]
    for scope in (shop.house.scope(shop.house.south), other_house.scope()):
        with reading(scope):
            assert not FormerRow.objects.exists()
            assert history([Product.objects.all()], [shop.product.pk], [moment]).at(moment, [shop.product.pk]) == []


def test_an_explanation_over_rest_is_found_again(shop: Shop) -> None:
    bob = seller(shop.house)
    asked = {"product_id": str(shop.product.pk), "currency": "EUR", "customer_id": str(shop.customer.pk)}
    then = bob.get(EXPLAIN, asked).json()
    with clock.frozen(clock.now() + HOUR):
        address = f"/api/catalog/price-lists/{shop.derived.pk}/"
        assert send(bob, "patch", address, {"percent": "-20"}).status_code == 200
        instants = {"at": then["at"], "known_at": then["known_at"]}
        now, still = bob.get(EXPLAIN, asked).json(), bob.get(EXPLAIN, {**asked, **instants}).json()
    assert [item["price"]["net"] for item in (then, now, still)] == ["8.5500", "7.6000", "8.5500"]
    assert (still["digest"] == then["digest"], still["trace"] == then["trace"], now["digest"] == then["digest"]) == (
        True,
        True,
        False,
    )


def test_everything_that_pricing_reads_is_remembered() -> None:
    for name, kind in TYPES.items():
        assert set(kind._fields) - {"id"} == set(MODELS[name].remembered), name
