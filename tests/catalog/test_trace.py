"""Traces: a price is made again from nothing but its trace, and the digest says whether it is the same one."""

from __future__ import annotations

import json
import random
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalog.calculations.derived import ListFacts, changed, derived_from, in_list, reckoned
from apps.catalog.calculations.formulas import demand_formula
from apps.catalog.calculations.selection import weighed
from apps.catalog.calculations.trace import NoPrice, digest_of, replayed, trace_of
from apps.catalog.contracts import CurrencyPath, Layer, PriceDecision, PriceRow, PriceRules, PriceTrace
from tests.catalog.price_rows import (
    ANNA,
    AT,
    COUNTER,
    EARLIER,
    LATER,
    LIST,
    SHOP,
    WHOLESALE,
    asks,
    price,
    rate,
    some_id,
)
from tests.catalog.test_selection import drawn

RULES = PriceRules()
RATES = {"USD": rate("USD", "0.9")}
DERIVED, FURTHER = some_id(20), some_id(21)


def traced(rows: list[PriceRow], rates: Any = None, rules: PriceRules = RULES, **asked: Any) -> PriceTrace:
    context = asks(**asked)
    found = weighed(rows, context, rules=rules, rates=rates or {})
    return trace_of(found.decision, context, rules=rules, rates=rates or {}, without=NoPrice(found.candidates))


def through_json(trace: PriceTrace) -> Any:
    """The document as somebody has it who knows nothing but its text."""
    return json.loads(json.dumps(trace.document))


def drawn_trace(seed: int) -> tuple[PriceTrace, PriceDecision | None]:
    """A random question about random prices."""
    dice = random.Random(seed)  # noqa: S311
    rows, rules = drawn(dice), PriceRules(tuple(dice.sample(list(Layer), len(Layer))), dice.random() < 0.3)
    context = asks(
        channel_id=dice.choice((None, SHOP)),
        customer_id=dice.choice((None, ANNA)),
        customer_group_ids=dice.choice((frozenset(), frozenset({WHOLESALE}))),
        quantity=Decimal(dice.choice((1, 5))),
        tax_rate=Decimal(dice.choice(("0", "8", "7.7"))),
    )
    found = weighed(rows, context, rules=rules, rates=RATES)
    trace = trace_of(found.decision, context, rules=rules, rates=RATES, without=NoPrice(found.candidates))
    return trace, found.decision


def assert_replayed(seed: int) -> None:
    trace, decision = drawn_trace(seed)
    assert replayed(trace.document) == _without_later(decision)
    assert digest_of(trace.document) == trace.digest


def _without_later(decision: PriceDecision | None) -> PriceDecision | None:
    """Traces do not say how long a row has been known since."""
    if decision is None:
        return None
    kept = tuple(item._replace(row=item.row._replace(known_until=None)) for item in decision.candidates)
    return replace(decision, candidates=kept)


def test_a_price_is_made_again_from_its_trace() -> None:
    for seed in range(300):
        assert_replayed(seed)


@pytest.mark.prove
def test_a_hundred_thousand_prices_are_made_again_from_their_traces() -> None:
    for seed in range(100_000):
        assert_replayed(seed)


def test_a_trace_is_plain_json_and_survives_it() -> None:
    trace = traced([price(1, "12.3000", includes_tax=True, currency="USD")], RATES, tax_rate=Decimal(23))
    document = through_json(trace)
    assert document == trace.document
    assert digest_of(document) == trace.digest
    assert set(trace.digest) <= set(string.hexdigits.lower())
    assert len(trace.digest) == 64
    again = replayed(document)
    assert again is not None
    assert (again.gross, again.net, again.conversion) == (Decimal("11.0700"), Decimal("9.0000"), RATES["USD"])


def test_no_price_has_a_trace_as_well() -> None:
    trace = traced([price(1, channel_id=SHOP), price(2, currency="CHF")])
    assert trace.document["answer"] is None
    assert [item["reason"] for item in trace.document["rows"]] == ["no_rate"]
    assert [item["reason"] for item in trace.document["others"]] == ["channel"]
    assert replayed(through_json(trace)) is None


def test_rows_that_do_not_fit_and_later_knowledge_leave_the_digest_alone() -> None:
    first = traced([price(1), price(2, channel_id=SHOP)], known_at=AT)
    later = traced([price(1, known_until=LATER), price(3, customer_id=ANNA)], known_at=AT)
    assert first.digest == later.digest
    assert first.document["others"] != later.document["others"]


@pytest.mark.parametrize(
    "asked",
    [
        {"quantity": Decimal(2)},
        {"at": AT + timedelta(seconds=1)},
        {"known_at": AT},
        {"channel_id": COUNTER},
        {"tax_rate": Decimal(8)},
    ],
)
def test_another_question_has_another_digest(asked: dict[str, Any]) -> None:
    assert traced([price(1)]).digest != traced([price(1)], **asked).digest


def test_the_digest_knows_values_and_not_how_they_are_written() -> None:
    east = AT.astimezone(timezone(timedelta(hours=2)))
    one = traced([price(1)], quantity=Decimal("1.00"), at=east)
    assert one.digest == traced([price(1)], quantity=Decimal(1)).digest
    assert traced([price(1)]).digest != traced([price(1, "10.0001")]).digest
    assert traced([price(1), price(2)]).digest != traced([price(1), price(3)]).digest
    assert traced([price(1)]).digest != traced([price(1)], rules=PriceRules(only_cheaper_promotions=True)).digest


def test_rates_that_were_not_looked_at_are_not_in_it() -> None:
    assert traced([price(1)], RATES).digest == traced([price(1)]).digest
    dollars = [price(1, currency="USD")]
    assert traced(dollars, RATES).digest != traced(dollars, {"USD": rate("USD", "0.91")}).digest


def test_what_a_resolver_decided_comes_back_as_it_was_noted() -> None:
    context = asks()
    own = price(77, "1.0000", kind_code="contract")
    decision = PriceDecision(
        own, None, "EUR", Decimal("1.0000"), Decimal("1.0000"), Decimal(0), steps=("crm.contract",)
    )
    trace = trace_of(decision, context, rules=RULES, rates={})
    assert replayed(through_json(trace)) == decision


def test_a_trace_that_was_changed_is_found_out() -> None:
    document = through_json(traced([price(1)]))
    document["answer"]["net"] = "9.0000"
    with pytest.raises(ValueError, match="does not lead"):
        replayed(document)


# Lists that derive from others.


def facts(number: Any = DERIVED, **values: Any) -> ListFacts:
    return ListFacts(**{"id": number, "currency": "EUR", "base_list_id": LIST, **values})


@pytest.mark.parametrize(
    ("amount", "values", "found"),
    [
        ("10.0000", {}, "10.0000"),
        ("10.0000", {"percent": Decimal(-10)}, "9.0000"),
        ("0.0333", {"percent": Decimal("12.5")}, "0.0375"),
        ("10.0000", {"percent": Decimal(-100)}, "0.0000"),
        ("10.0300", {"round_to": Decimal("0.05")}, "10.0500"),
        ("10.0250", {"round_to": Decimal("0.05")}, "10.0500"),
        ("10.0249", {"round_to": Decimal("0.05")}, "10.0000"),
        ("10.0000", {"percent": Decimal(15), "round_to": Decimal(1)}, "12.0000"),
        ("10.0000", {"round_to": Decimal(0)}, "10.0000"),
        ("10.0000", {"formula": '{"add": [{"multiply": [{"field": "price"}, 1.1]}, 0.5]}'}, "11.5000"),
        ("10.0000", {"formula": '{"subtract": [{"field": "price"}, 11]}'}, None),
        ("10.0000", {"formula": '{"divide": [{"field": "price"}, 0]}'}, None),
        ("10.0000", {"formula": '{"lower": [{"field": "price"}]}'}, None),
    ],
)
def test_amounts_of_derived_lists(amount: str, values: dict[str, Any], found: str | None) -> None:
    assert changed(Decimal(amount), facts(**values)) == (None if found is None else Decimal(found))


def test_a_derived_row_has_the_scope_of_its_list_and_not_that_of_the_base() -> None:
    base = price(1, list_id=LIST, channel_id=SHOP, customer_id=ANNA, valid_until=LATER)
    derived = facts(percent=Decimal(-50), priority=3, customer_group_id=WHOLESALE, valid_from=AT)
    [row] = derived_from(base, {LIST: [derived]})
    assert (row.amount, row.list_priority, row.source_id) == (Decimal("5.0000"), 3, base.id)
    assert (row.channel_id, row.customer_group_id, row.customer_id) == (None, WHOLESALE, ANNA)
    assert (row.valid_from, row.valid_until, row.list_id) == (AT, LATER, DERIVED)
    assert [item.id for item in derived_from(base, {LIST: [derived]})] == [row.id]
    assert row.id != base.id


def test_lists_derive_from_each_other_and_a_circle_ends() -> None:
    children = {LIST: [facts(percent=Decimal(-50))], DERIVED: [facts(FURTHER, percent=Decimal(100))]}
    found = list(derived_from(price(1, list_id=LIST), children))
    assert [(row.list_id, row.amount) for row in found] == [(DERIVED, Decimal(5)), (FURTHER, Decimal(10))]
    assert {row.source_id for row in found} == {some_id(1)}
    circle = {LIST: [facts(percent=Decimal(1))], DERIVED: [facts(LIST, percent=Decimal(1))]}
    assert len(list(derived_from(price(1, list_id=LIST), circle))) == 10


def test_nothing_derives_from_no_list_or_in_another_currency() -> None:
    assert not list(derived_from(price(1), {LIST: [facts()]}))
    assert not list(derived_from(price(1, list_id=LIST, currency="USD"), {LIST: [facts()]}))


def test_a_row_is_valid_no_longer_than_its_list() -> None:
    row = price(1, list_id=LIST, valid_from=EARLIER)
    narrow = in_list(row, facts(LIST, valid_from=AT, valid_until=LATER, priority=2))
    assert (narrow.valid_from, narrow.valid_until, narrow.list_priority) == (AT, LATER, 2)
    assert in_list(row, None).is_list_active is False
    assert in_list(row, facts(LIST, is_active=False)).is_list_active is False


def test_a_formula_that_is_taken_is_reckoned() -> None:
    formula = '{"field": "price"}'
    demand_formula(formula)
    assert reckoned(formula, Decimal(7)) == Decimal(7)


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_formula_that_is_none_gives_nothing(text: str) -> None:
    assert reckoned(text, Decimal(1)) is None or text.strip().startswith("{")


def test_paths_and_moments_are_told_apart() -> None:
    path = CurrencyPath("USD", "EUR", Decimal("0.9"), "2026-04-30", "ECB")
    again = replayed(
        through_json(traced([price(1, currency="USD")], {"USD": path}, at=datetime(2026, 1, 1, tzinfo=UTC)))
    )
    assert again is not None
    assert again.conversion == path
