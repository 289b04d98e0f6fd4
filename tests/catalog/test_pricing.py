"""The pricing service: prices of many requests in few queries, with everybody's say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.contracts import (
    NO_OPINION,
    PRICING_RESOLVERS,
    CatalogPricing,
    ExplainedPrice,
    Layer,
    Lost,
    PriceAnswers,
    PriceContext,
    PriceDecision,
    PriceQuestion,
    PriceQuestions,
    PriceRequest,
    register_catalog_pricing_resolver,
)
from apps.catalog.models import Price, PriceKind, PricingSettings, Product
from apps.currencies.contracts import RateQuote
from apps.currencies.services import add_from_master, record_rates
from apps.customers.models import Customer, CustomerGroup, Membership
from apps.kernel import clock
from apps.kernel.bases.bitemporal import close
from apps.kernel.commands.forbidding import WriteForbidden
from apps.kernel.errors import InvalidInput
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.hooks import HANDLERS, Answered, HookAnswerInvalid, hook_handler
from apps.kernel.eventbus.subscribing import subscribe
from apps.kernel.ids import uuid7
from apps.kernel.registry.store import AlreadyRegistered
from apps.kernel.services import service, service_named
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.sales.models import TaxClass
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
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House, seeding

DAY = timedelta(days=1)
BEFORE, AFTER = "catalog.pricing.resolve.before", "catalog.pricing.resolve.after"


def ask(house: House, *requests: PriceRequest) -> tuple[PriceDecision | None, ...]:
    with using_scope(house.scope(house.north)), scoped_transaction():
        return service(CatalogPricing).prices_for(requests)


def explain(house: House, request: PriceRequest) -> ExplainedPrice:
    with using_scope(house.scope(house.north)), scoped_transaction():
        return service(CatalogPricing).explained([request])[0]


def net(house: House, product: Product, **asked: Any) -> Decimal | None:
    """What it costs without tax; None where it has no price."""
    [found] = ask(house, PriceRequest(product.pk, **{"currency": "EUR", **asked}))
    return None if found is None else found.net


def reasons(house: House, product: Product, **asked: Any) -> dict[UUID, str | None]:
    """Why each price is not the one."""
    document = explain(house, PriceRequest(product.pk, **{"currency": "EUR", **asked})).trace.document
    return {UUID(item["row"]["id"]): item["reason"] for name in ("rows", "others") for item in document[name]}


def faults(house: House, *requests: PriceRequest) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        ask(house, *requests)
    return {error.field: error.code for error in refusal.value.errors}


def end_known(house: House, price: Price, at: datetime) -> None:
    """The price counts no longer from a moment on."""
    with seeding(house.scope(house.north)):
        assert close(Price.objects.filter(pk=price.pk), at) == 1


def make_customer(house: House, *groups: CustomerGroup) -> UUID:
    customer = saved(house, Customer(kind="person", name="Anna"))
    for group in groups:
        saved(house, Membership(customer=customer, group=group))
    return customer.pk


def make_tax(house: House, rate: str, **values: Any) -> TaxClass:
    return saved(house, TaxClass(name=rate, code=f"t{uuid7().hex[-8:]}", rate=Decimal(rate), **values))


@contextmanager
def resolving(resolve: Any, name: str = "tests.resolver", priority: int = 0) -> Iterator[None]:
    register_catalog_pricing_resolver(resolve, priority=priority, id=name)
    try:
        yield
    finally:
        PRICING_RESOLVERS.remove(name)


@contextmanager
def handling(moment: str, handler: Any, name: str = "tests.handler", priority: int = 0) -> Iterator[None]:
    hook_handler(moment, id=name, priority=priority)(handler)
    try:
        yield
    finally:
        HANDLERS.remove(name)


def at_price(amount: str) -> PriceDecision:
    """A decision of somebody else's."""
    return PriceDecision(None, None, "EUR", Decimal(amount), Decimal(amount), Decimal(0))


@pytest.fixture
def kind(house: House) -> PriceKind:
    return make_kind(house, "regular")


def test_the_service_has_its_name_and_that_of_the_guides() -> None:
    assert service_named("catalogPricingService") is service_named("catalog.pricing") is service(CatalogPricing)


def test_a_product_without_prices_has_none(house: House, product: Product) -> None:
    assert net(house, product) is None
    assert ask(house) == ()


def test_the_best_of_its_prices(house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind, "10.00", max_quantity=Decimal("9.999999"))
    tier = make_price(house, product, kind, "8.50", min_quantity=10)
    assert net(house, product) == Decimal("10.0000")
    assert net(house, product, quantity=Decimal(10)) == Decimal("8.5000")
    assert reasons(house, product)[tier.pk] == Lost.TOO_FEW


def test_tax_of_the_variant_of_the_product_and_the_usual_one(house: House, kind: PriceKind) -> None:
    make_tax(house, "23", is_default=True)
    reduced, none = make_tax(house, "8"), make_tax(house, "0")
    plain, book = make_product(house), make_product(house, tax_class_id=reduced.pk)
    variant = make_variant(house, book, tax_class_id=none.pk)
    for item in (plain, book):
        make_price(house, item, kind, "10.00")
    usual, own, of_variant = ask(
        house,
        PriceRequest(plain.pk, "EUR"),
        PriceRequest(book.pk, "EUR"),
        PriceRequest(book.pk, "EUR", variant_id=variant.pk),
    )
    found = [(item.tax_rate, item.gross) for item in (usual, own, of_variant) if item]
    assert found == [(Decimal(rate), Decimal(gross)) for rate, gross in ((23, "12.3"), (8, "10.8"), (0, "10"))]


def test_a_price_with_tax_stays_as_it_is(house: House, product: Product, kind: PriceKind) -> None:
    make_tax(house, "23", is_default=True)
    make_price(house, product, kind, "12.30", includes_tax=True)
    [found] = ask(house, PriceRequest(product.pk, "EUR"))
    assert found is not None
    assert (found.net, found.gross) == (Decimal("10.0000"), Decimal("12.3000"))


def test_what_is_out_of_sale_has_no_price(house: House, kind: PriceKind) -> None:
    now = clock.now()
    off, archived, later, quoted = (
        make_product(house, **values)
        for values in (
            {"is_active": False},
            {"archived_at": now - DAY},
            {"archived_at": now + DAY},
            {"is_quote_only": True},
        )
    )
    rows = {item.pk: make_price(house, item, kind) for item in (off, archived, later, quoted)}
    assert [net(house, item) for item in (off, archived, later, quoted)] == [None, None, Decimal(10), None]
    assert reasons(house, off) == {rows[off.pk].pk: Lost.PRODUCT_INACTIVE}
    assert reasons(house, quoted) == {rows[quoted.pk].pk: Lost.QUOTE_ONLY}
    assert net(house, archived, known_at=now - 2 * DAY) is None  # nothing was known then
    with clock.frozen(now - 2 * DAY):
        make_price(house, archived, make_kind(house), "9.00", min_quantity=2)
    assert net(house, archived, known_at=now - 2 * DAY, quantity=Decimal(2)) == Decimal(9)


def test_a_variant_out_of_sale_has_no_price_either(house: House, product: Product, kind: PriceKind) -> None:
    sold, gone = make_variant(house, product, "Blue / S"), make_variant(house, product, is_active=False)
    make_price(house, product, kind)
    assert net(house, product, variant_id=sold.pk) == Decimal(10)
    assert net(house, product, variant_id=gone.pk) is None


def test_quantities_count_base_units_as_the_product_rounds_them(house: House, kind: PriceKind) -> None:
    product = make_product(house, unit="pc", rounding_places=0, rounding_mode="up")
    make_conversion(house, product, "box", "12")
    make_price(house, product, kind, "10.00", max_quantity=Decimal(23))
    make_price(house, product, kind, "8.00", min_quantity=24)
    assert net(house, product, quantity=Decimal(2), unit="box") == Decimal(8)
    assert net(house, product, quantity=Decimal("1.92"), unit="box") == Decimal(8)  # 23.04 of them
    assert net(house, product, quantity=Decimal("1.9"), unit="box") == Decimal(10)
    assert net(house, product, quantity=Decimal(23), unit="pc") == Decimal(10)


def test_groups_of_the_customer_are_looked_up_unless_they_are_given(
    house: House, product: Product, kind: PriceKind
) -> None:
    group = saved(house, CustomerGroup(code="wholesale", name="Wholesale"))
    gone = saved(house, CustomerGroup(code="gone", name="Gone", deleted_at=clock.now()))
    anna, zoe = make_customer(house, group, gone), make_customer(house)
    make_price(house, product, kind, "10.00")
    make_price(house, product, kind, "7.00", customer_group_id=group.pk)
    make_price(house, product, kind, "1.00", customer_group_id=gone.pk)
    assert net(house, product, customer_id=anna) == Decimal(7)
    assert net(house, product, customer_id=zoe) == Decimal(10)
    assert net(house, product, customer_id=anna, customer_group_ids=frozenset()) == Decimal(10)
    assert net(house, product, customer_group_ids=frozenset({group.pk})) == Decimal(7)


def test_promotions_run_between_their_ends(house: House, product: Product, kind: PriceKind) -> None:
    now = clock.now()
    sale = make_offer(house, product, now, now + DAY)
    make_price(house, product, kind, "10.00")
    make_price(house, product, kind, "6.00", offer=sale)
    gone = make_offer(house, product, now, now + DAY, deleted_at=now)
    removed = make_price(house, product, kind, "1.00", offer=gone)
    assert net(house, product, at=now) == Decimal(6)
    assert net(house, product, at=now + DAY) == Decimal(10)
    assert net(house, product, at=now - timedelta(microseconds=1)) == Decimal(10)
    assert reasons(house, product, at=now)[removed.pk] == Lost.OFFER_INACTIVE
    [found] = ask(house, PriceRequest(product.pk, "EUR", at=now))
    assert found is not None
    assert found.layer is Layer.PROMOTION


def test_kinds_that_are_off_or_gone_do_not_count(house: House, product: Product) -> None:
    off = make_price(house, product, make_kind(house, is_active=False))
    gone = make_price(house, product, make_kind(house, deleted_at=clock.now()))
    assert net(house, product) is None
    assert reasons(house, product) == {off.pk: Lost.KIND_INACTIVE, gone.pk: Lost.KIND_INACTIVE}


def test_lists_have_priority_and_end(house: House, product: Product, kind: PriceKind) -> None:
    now = clock.now()
    summer = make_price_list(house, priority=5, valid_until=now + DAY)
    make_price(house, product, kind, "10.00")
    make_price(house, product, kind, "11.00", price_list=summer)
    assert net(house, product, at=now) == Decimal(11)
    assert net(house, product, at=now + DAY) == Decimal(10)


def test_prices_of_derived_lists(house: House, product: Product, kind: PriceKind) -> None:
    group = uuid7()
    base = make_price_list(house, is_active=False, channel_id=uuid7())
    partners = make_price_list(house, base_list=base, percent=Decimal(-10), customer_group_id=group, priority=1)
    make_price_list(
        house,
        base_list=partners,
        formula='{"multiply": [{"field": "price"}, 0.5]}',
        round_to=Decimal("0.99"),
        channel_id=uuid7(),
    )
    source = make_price(house, product, kind, "20.00", price_list=base, channel_id=base.channel_id)
    other = make_product(house)
    make_price(house, other, kind, "20.00", price_list=base, channel_id=base.channel_id)
    own = make_price(house, other, kind, "19.00", price_list=partners, customer_group_id=group)
    groups = frozenset({group})
    first, second = ask(
        house,
        PriceRequest(product.pk, "EUR", customer_group_ids=groups),
        PriceRequest(other.pk, "EUR", customer_group_ids=groups),
    )
    assert first is not None
    assert first.row is not None
    assert (first.net, first.row.source_id, first.row.list_id) == (Decimal(18), source.pk, partners.pk)
    assert second is not None
    assert second.row is not None
    assert (second.net, second.row.id) == (Decimal(19), own.pk)
    assert net(house, product) is None


def test_the_tenants_own_order_of_layers(house: House, product: Product, kind: PriceKind) -> None:
    channel = uuid7()
    make_price(house, product, kind, "10.00", channel_id=channel)
    make_price(house, product, make_kind(house, is_promotion=True), "12.00")
    assert net(house, product, channel_id=channel) == Decimal(12)
    with seeding(house.scope(house.north)):
        row = PricingSettings(only_cheaper_promotions=True)
        row.save(force_insert=True)
    assert net(house, product, channel_id=channel) == Decimal(10)
    with seeding(house.scope(house.north)):
        PricingSettings.objects.update(layers=[1, 4, 9], only_cheaper_promotions=False)
    assert net(house, product, channel_id=channel) == Decimal(12)
    with seeding(house.scope(house.north)):
        PricingSettings.objects.update(layers=[4, 1])
    assert net(house, product, channel_id=channel) == Decimal(10)


def test_what_was_known_then(house: House, product: Product, kind: PriceKind) -> None:
    now = clock.now()
    with clock.frozen(now - 2 * DAY):
        first = make_price(house, product, kind, "10.00")
    end_known(house, first, now - DAY)
    with clock.frozen(now - DAY):
        make_price(house, product, kind, "11.00")
    assert net(house, product) == Decimal(11)
    assert net(house, product, known_at=now - DAY - timedelta(microseconds=1)) == Decimal(10)
    assert net(house, product, known_at=now - 3 * DAY) is None


def test_prices_are_converted_where_there_is_no_other(house: House, product: Product, kind: PriceKind) -> None:
    with using_scope(house.scope(house.north)):
        add_from_master(["EUR", "USD", "PLN"])
        record_rates([RateQuote("USD", "EUR", Decimal("0.9"), clock.now().date() - DAY, "mid")], source="ECB")
    make_price(house, product, kind, "10.00", currency="USD")
    make_price(house, product, kind, "10.00", currency="PLN")
    [found] = ask(house, PriceRequest(product.pk, "EUR"))
    assert found is not None
    assert found.conversion is not None
    assert (found.net, found.currency) == (Decimal("9.0000"), "EUR")
    assert (found.conversion.rate, found.conversion.source) == (Decimal("0.9"), "ECB")
    assert sorted(str(item.reason) for item in found.candidates) == ["None", "no_rate"]
    assert net(house, product, currency="PLN") == Decimal(10)
    assert net(house, product, currency="CHF") is None


def test_everything_that_is_wrong_is_named_by_its_request(house: House, other_house: House, kind: PriceKind) -> None:
    product, other = make_product(house), make_product(house)
    foreign, deleted = make_product(other_house), make_product(house, deleted_at=clock.now())
    variant = make_variant(house, other)
    now = clock.now()
    offer = make_offer(house, other, now, now + DAY)
    assert faults(
        house,
        PriceRequest(product.pk, "EUR"),
        PriceRequest(foreign.pk, "EUR"),
        PriceRequest(uuid7(), "EUR"),
        PriceRequest(deleted.pk, "EUR", unit="box"),
        PriceRequest(product.pk, "EUR", variant_id=variant.pk, unit="box", offer_id=offer.pk, quantity=Decimal(0)),
        PriceRequest(product.pk, "EUR", variant_id=uuid7(), offer_id=uuid7(), quantity=Decimal("NaN")),
        PriceRequest(other.pk, "EUR", variant_id=variant.pk, offer_id=offer.pk, quantity=Decimal("1e12")),
    ) == {
        "requests.1.product_id": "kernel.reference.unknown",
        "requests.2.product_id": "kernel.reference.unknown",
        "requests.3.product_id": "kernel.reference.unknown",
        "requests.4.variant_id": "kernel.reference.unknown",
        "requests.4.unit": "catalog.unit.unknown",
        "requests.4.offer_id": "kernel.reference.unknown",
        "requests.4.quantity": "catalog.quantity.invalid",
        "requests.5.variant_id": "kernel.reference.unknown",
        "requests.5.offer_id": "kernel.reference.unknown",
        "requests.5.quantity": "catalog.quantity.invalid",
        "requests.6.quantity": "catalog.quantity.invalid",
    }


def test_prices_of_others_are_not_seen(house: House, other_house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind)
    with using_scope(other_house.scope()), scoped_transaction(), pytest.raises(InvalidInput):
        service(CatalogPricing).prices_for([PriceRequest(product.pk, "EUR")])


@pytest.mark.parametrize("lines", [1, 40])
def test_three_queries_however_many_lines(house: House, kind: PriceKind, lines: int) -> None:
    products = [make_product(house) for _ in range(min(lines, 8))]
    variants = [make_variant(house, item) for item in products]
    for item in products:
        make_price(house, item, kind)
    requests = [
        PriceRequest(
            variants[place % 8].product_id, "EUR", variant_id=variants[place % 8].pk, quantity=Decimal(place + 1)
        )
        for place in range(lines)
    ]
    with using_scope(house.scope(house.north)), scoped_transaction(), CaptureQueriesContext(connection) as queries:
        found = service(CatalogPricing).prices_for(requests)
    assert len(queries) == 3, [item["sql"][:200] for item in queries]
    assert [item and item.net for item in found] == [Decimal(10)] * lines


def test_what_does_not_fit_makes_no_difference(house: House, product: Product, kind: PriceKind) -> None:
    """Prices that fit nobody are not fetched by `prices_for`, and are by `explained`."""
    now, channel = clock.now(), uuid7()
    make_price(house, product, kind, "10.00")
    make_price(house, product, kind, "9.00", channel_id=channel)
    for values in (
        {"channel_id": uuid7()},
        {"customer_id": uuid7()},
        {"customer_group_id": uuid7()},
        {"user_id": uuid7()},
        {"user_group_id": uuid7()},
        {"min_quantity": 50},
        {"valid": (now + DAY, None)},
    ):
        make_price(house, product, make_kind(house), "1.00", **values)
    request = PriceRequest(product.pk, "EUR", channel_id=channel, at=now)
    [short], whole = ask(house, request), explain(house, request)
    assert short is not None
    assert whole.decision is not None
    assert (short.row, short.net) == (whole.decision.row, Decimal(9))
    assert (len(short.candidates), len(whole.decision.candidates)) == (2, 9)


# Resolvers and hooks.


def test_the_resolver_of_the_highest_priority_that_has_an_opinion_wins(
    house: House, product: Product, kind: PriceKind
) -> None:
    make_price(house, product, kind)
    with (
        resolving(lambda question: at_price("3.0000"), "tests.low", 1),
        resolving(lambda question: at_price("2.0000"), "tests.high", 5),
        resolving(lambda question: NO_OPINION, "tests.silent", 9),
    ):
        [found] = ask(house, PriceRequest(product.pk, "EUR"))
    assert found is not None
    assert (found.net, found.steps) == (Decimal(2), ("tests.high",))


def test_no_price_is_an_opinion_and_no_opinion_is_not(house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind)
    with resolving(lambda question: None):
        assert net(house, product) is None
        assert explain(house, PriceRequest(product.pk, "EUR")).trace.document["steps"] == ["tests.resolver"]
    with resolving(lambda question: NO_OPINION):
        [found] = ask(house, PriceRequest(product.pk, "EUR"))
    assert found is not None
    assert (found.net, found.steps) == (Decimal(10), ())


def test_a_resolver_sees_the_question_and_every_price(house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind)
    make_price(house, product, kind, "1.00", channel_id=uuid7())
    seen: list[PriceQuestion] = []

    def look(question: PriceQuestion) -> Any:
        seen.append(question)
        return NO_OPINION

    with resolving(look):
        ask(house, PriceRequest(product.pk, "EUR", quantity=Decimal(3)))
    [question] = seen
    assert (question.request.quantity, question.context.base_quantity) == (Decimal(3), Decimal(3))
    assert len(question.rows) == 2


def test_a_resolver_reads_and_never_writes(house: House, product: Product, kind: PriceKind) -> None:
    def write(question: PriceQuestion) -> Any:
        Product.objects.update(title="Mine")

    with resolving(write), pytest.raises(WriteForbidden):
        ask(house, PriceRequest(product.pk, "EUR"))


def test_a_resolver_is_registered_once() -> None:
    with resolving(lambda question: None), pytest.raises(AlreadyRegistered):
        register_catalog_pricing_resolver(lambda question: None, id="tests.resolver")


def test_before_changes_rows_and_context(house: House, product: Product, kind: PriceKind) -> None:
    channel = uuid7()
    make_price(house, product, kind, "10.00")
    make_price(house, product, kind, "9.00", channel_id=channel)
    other = make_product(house)
    make_price(house, other, kind, "5.00")

    def through_the_shop(given: PriceQuestions) -> PriceQuestions:
        first, *rest = given.items
        dearer = tuple(row._replace(amount=row.amount + 1) for row in first.rows)
        changed = replace(first, rows=dearer, context=replace(first.context, channel_id=channel))
        return PriceQuestions((changed, *rest))

    with handling(BEFORE, through_the_shop):
        first, second = ask(house, PriceRequest(product.pk, "EUR"), PriceRequest(other.pk, "EUR"))
    assert first is not None
    assert second is not None
    assert (first.net, first.layer, first.steps) == (Decimal(10), Layer.CHANNEL, ("tests.handler",))
    assert (second.net, second.steps) == (Decimal(5), ())


def test_before_may_answer_and_after_may_change(house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind)
    never: list[Any] = []

    def rebate(given: PriceQuestions, answer: PriceAnswers) -> PriceAnswers:
        return PriceAnswers(tuple(item and replace(item, net=item.net - 1) for item in answer.items))

    with (
        handling(BEFORE, lambda given: Answered(PriceAnswers((at_price("4.0000"),)))),
        handling(AFTER, rebate, "tests.rebate"),
        resolving(never.append),
    ):
        [found] = ask(house, PriceRequest(product.pk, "EUR"))
    assert found is not None
    assert (found.net, found.steps, never) == (Decimal(3), ("tests.handler", "tests.rebate"), [])
    with handling(AFTER, rebate), resolving(lambda question: at_price("7.0000")):
        [found] = ask(house, PriceRequest(product.pk, "EUR"))
    assert found is not None
    assert (found.net, found.steps) == (Decimal(6), ("tests.resolver", "tests.handler"))


def test_hooks_are_asked_once_for_all_lines(house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind)
    calls: list[int] = []
    with handling(BEFORE, lambda given: calls.append(len(given.items))):
        found = ask(house, *[PriceRequest(product.pk, "EUR")] * 5)
    assert calls == [5]
    assert [item.steps for item in found if item] == [()] * 5


@pytest.mark.parametrize("answer", [PriceQuestions(()), Answered(PriceAnswers(()))])
def test_a_hook_cannot_lose_a_line(house: House, product: Product, answer: Any) -> None:
    with handling(BEFORE, lambda given: answer), pytest.raises(HookAnswerInvalid):
        ask(house, PriceRequest(product.pk, "EUR"))


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_nobody_can_wait_for_the_hooks(house: House, moment: str) -> None:
    """Neither a persistent subscriber nor a webhook; and what is no event can start no workflow."""
    with pytest.raises(ValueError, match="hook"):
        subscribe(moment, id="tests.waits", persistent=True)(lambda payload, ctx: None)
    bob = client_of(member(house, "webhooks.*"), organization=house.north)
    body = {"name": "Prices", "url": "https://example.org/hook", "event_patterns": [moment]}
    answer = send(bob, "post", "/api/webhooks/webhooks/", body)
    assert (answer.status_code, complaints(answer)) == (400, {"event_patterns.0": "webhooks.webhook.pattern_idle"})
    assert moment not in EVENTS


# Traces.


def test_what_was_asked_can_be_asked_again(house: House, product: Product, kind: PriceKind) -> None:
    first = make_price(house, product, kind, "10.00")
    request = PriceRequest(product.pk, "EUR")
    found = explain(house, request)
    asked = found.trace.document["context"]
    end_known(house, first, clock.now())
    make_price(house, product, kind, "11.00")
    at, known_at = (datetime.fromisoformat(asked[name]) for name in ("at", "known_at"))
    again = explain(house, replace(request, at=at, known_at=known_at))
    assert again.trace.digest == found.trace.digest
    assert again.decision is not None
    assert again.decision.net == Decimal(10)
    assert net(house, product) == Decimal(11)


def test_the_traces_of_a_batch_are_those_of_its_lines(house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind)
    now = clock.now()
    requests: Sequence[PriceRequest] = [
        PriceRequest(product.pk, "EUR", quantity=Decimal(number), at=now, known_at=now) for number in (1, 2)
    ]
    with using_scope(house.scope(house.north)), scoped_transaction():
        together = service(CatalogPricing).explained(requests)
        alone = [service(CatalogPricing).explained([request])[0] for request in requests]
    assert [item.trace for item in together] == [item.trace for item in alone]
    assert together[0].trace.digest != together[1].trace.digest


def test_the_service_selects_and_names_the_variant(house: House, product: Product, kind: PriceKind) -> None:
    variant = make_variant(house, product)
    make_price(house, product, kind, variant=variant)
    request = PriceRequest(product.pk, "EUR", variant_id=variant.pk)
    [found] = ask(house, request)
    assert found is not None
    assert found.row is not None
    with using_scope(house.scope(house.north)), scoped_transaction():
        pricing = service(CatalogPricing)
        assert pricing.resolve_price_variant_id(found.row) == variant.pk
        again = pricing.select_best_price([found.row], PriceContext("EUR", clock.now(), variant_id=variant.pk))
    assert again is not None
    assert again.net == found.net
