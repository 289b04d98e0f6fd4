"""Prices over HTTP: setting, correcting, closing, tiers, many at once, and what is refused how."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.catalog.models import Price, PriceKind, Product
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.catalog.factories import (
    make_conversion,
    make_kind,
    make_offer,
    make_price,
    make_price_list,
    make_product,
    make_variant,
)
from tests.currencies.factories import make_currency
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.support.scopes import House

LIST = "/api/catalog/prices/"
MAY, JUNE = datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture
def kind(house: House) -> PriceKind:
    return make_kind(house, "regular")


@pytest.fixture
def body(product: Product, kind: PriceKind) -> dict[str, Any]:
    return {"product_id": str(product.pk), "kind_id": str(kind.pk), "currency": "EUR", "amount": "10.00"}


def rows(house: House) -> int:
    """How many rows there are, those that no longer count included."""
    with using_scope(house.scope()), scoped_transaction():
        return Price.objects.count()


def amounts(answer: Any) -> list[str]:
    return [record["amount"] for record in answer.json()["results"]]


def tiers(answer: Any) -> list[tuple[str, str | None, str]]:
    """Least and most quantity and amount of each, in order."""
    found = [(item["min_quantity"], item["max_quantity"], item["amount"]) for item in answer.json()["results"]]
    return sorted(found)


def test_a_record_shows_these_fields(bob: Client, house: House, body: dict[str, Any]) -> None:
    made = send(bob, "post", LIST, body)
    assert made.status_code == 201
    record = bob.get(made.headers["Location"]).json()
    assert {name: record[name] for name in made.json()} == made.json()
    assert UUID(record.pop("id"))
    assert record.pop("known_from").endswith("Z")
    assert record.pop("created_at").endswith("Z")
    nobody = ("variant", "offer", "price_list", "channel", "customer", "customer_group", "user", "user_group")
    assert record == {
        **body,
        **{f"{name}_id": None for name in nobody},
        "organization_id": str(house.north.pk),
        "amount": "10.0000",
        "includes_tax": False,
        "min_quantity": "1.000000",
        "max_quantity": None,
        "valid_from": None,
        "valid_until": None,
        "known_until": None,
    }


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"net": "8.10"}, ("8.1000", False)),
        ({"gross": "9.99"}, ("9.9900", True)),
        ({"amount": "9.99", "includes_tax": True}, ("9.9900", True)),
        ({"amount": "0"}, ("0.0000", False)),
    ],
)
def test_one_side_of_the_tax_is_given(
    bob: Client, body: dict[str, Any], given: dict[str, Any], shown: tuple[str, bool]
) -> None:
    del body["amount"]
    made = send(bob, "post", LIST, {**body, **given}).json()
    assert (made["amount"], made["includes_tax"]) == shown


def test_a_kind_says_whether_amounts_are_with_tax(bob: Client, house: House, body: dict[str, Any]) -> None:
    kind = make_kind(house, "shelf", display_mode="including-tax", currency="PLN")
    made = send(bob, "post", LIST, {**body, "kind_id": str(kind.pk), "currency": ""}).json()
    assert (made["includes_tax"], made["currency"]) == (True, "PLN")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"amount": "-5"}, {"amount": "min_value"}),
        ({"amount": "12.34567"}, {"amount": "max_decimal_places"}),
        ({"amount": "99,9999"}, {"amount": "invalid"}),
        ({"amount": "1e999"}, {"amount": "max_digits"}),
        ({"amount": "1234567890123"}, {"amount": "max_whole_digits"}),
        ({"amount": "NaN"}, {"amount": "invalid"}),
        ({"amount": None}, {"amount": "null"}),
        ({"net": "1"}, {"amount": "catalog.price.one_amount"}),
        ({"amount": ..., "net": "1", "includes_tax": True}, {"includes_tax": "catalog.price.tax_twice"}),
        ({"amount": ..., "net": "-1"}, {"net": "min_value"}),
        ({"amount": ...}, {"amount": "catalog.price.one_amount"}),
        ({"currency": "eur"}, {"currency": "invalid"}),
        ({"currency": ""}, {"currency": "catalog.price.currency_missing"}),
        ({"min_quantity": "0"}, {"min_quantity": "catalog.price.quantity_not_positive"}),
        ({"min_quantity": "10", "max_quantity": "9"}, {"max_quantity": "catalog.price.min_above_max"}),
        ({"max_quantity": "1.1234567"}, {"max_quantity": "max_decimal_places"}),
        (
            {"valid_from": "2027-05-01T00:00:00Z", "valid_until": "2027-05-01T00:00:00Z"},
            {"valid_until": "catalog.price.end_before_start"},
        ),
        ({"valid_from": "9999-05-01T00:00:00Z"}, {"valid_from": "catalog.price.moment_out_of_range"}),
        ({"valid_until": "0001-01-01T00:00:00Z"}, {"valid_until": "catalog.price.moment_out_of_range"}),
        ({"valid_from": "2027-05-01"}, {"valid_from": "invalid"}),
        ({"valid_from": "2027-05-01T10:00:00"}, {"valid_from": "invalid"}),
        ({"valid_from": 7}, {"valid_from": "invalid"}),
        ({"product_id": str(uuid4())}, {"product_id": "kernel.reference.unknown"}),
        ({"kind_id": str(uuid4())}, {"kind_id": "kernel.reference.unknown"}),
        ({"variant_id": str(uuid4())}, {"variant_id": "kernel.reference.unknown"}),
        ({"channel_id": str(uuid4())}, {"channel_id": "kernel.reference.unknown"}),
        ({"customer_id": str(uuid4())}, {"customer_id": "kernel.reference.unknown"}),
        ({"known_until": "2027-05-01T00:00:00Z"}, {"known_until": "read_only"}),
        ({"colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_written(
    bob: Client, house: House, body: dict[str, Any], changes: dict[str, Any], complaint: dict[str, str]
) -> None:
    given = {name: value for name, value in {**body, **changes}.items() if value is not ...}
    answer = send(bob, "post", LIST, given)
    assert (answer.status_code, answer.headers["Content-Type"], complaints(answer)) == (400, PROBLEM, complaint)
    assert rows(house) == 0


def test_a_price_belongs_together(bob: Client, house: House, body: dict[str, Any]) -> None:
    other = make_product(house, "Trousers")
    variant, offer = make_variant(house, other), make_offer(house, other, MAY, JUNE)
    answer = send(bob, "post", LIST, {**body, "variant_id": str(variant.pk), "offer_id": str(offer.pk)})
    assert complaints(answer) == dict.fromkeys(("variant_id", "offer_id"), "catalog.price.of_another_product")
    group = make_price_list(house, currency="PLN")
    answer = send(bob, "post", LIST, {**body, "price_list_id": str(group.pk)})
    assert complaints(answer) == {"currency": "catalog.price.other_than_list"}
    del body["currency"]
    assert send(bob, "post", LIST, {**body, "price_list_id": str(group.pk)}).json()["currency"] == "PLN"


def test_a_currency_is_one_of_those_in_use_where_there_are_some(
    bob: Client, house: House, body: dict[str, Any]
) -> None:
    make_currency(house, "PLN", is_base=True)
    assert complaints(send(bob, "post", LIST, body)) == {"currency": "catalog.price.currency_not_held"}
    make_currency(house, "EUR")
    assert send(bob, "post", LIST, body).status_code == 201


def test_prices_of_equal_rank_do_not_overlap(bob: Client, house: House, body: dict[str, Any]) -> None:
    first = send(bob, "post", LIST, {**body, "min_quantity": "5", "max_quantity": "9"}).json()
    answer = send(bob, "post", LIST, {**body, "min_quantity": "9"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "catalog.price.overlaps")
    assert problem["prices"] == [{"id": first["id"], "label": "10 EUR (5 – 9)"}]
    assert rows(house) == 1
    for apart in (
        {"min_quantity": "9.0001"},
        {"min_quantity": "5", "max_quantity": "9", "currency": "PLN"},
        {"min_quantity": "1", "max_quantity": "4"},
    ):
        assert send(bob, "post", LIST, {**body, **apart}).status_code == 201


def test_a_change_is_a_correction_and_the_former_value_stays_on_record(bob: Client, body: dict[str, Any]) -> None:
    first = send(bob, "post", LIST, body).json()
    answer = send(bob, "patch", f"{LIST}{first['id']}/", {"amount": "12"})
    assert (answer.status_code, answer.json()["amount"]) == (200, "12.0000")
    assert bob.get(f"{LIST}{first['id']}/").status_code == 404
    assert amounts(bob.get(LIST)) == ["12.0000"]
    then = bob.get(LIST, {"known_at": first["known_from"]}).json()["results"]
    assert [(item["id"], item["amount"]) for item in then] == [(first["id"], "10.0000")]
    assert then[0]["known_until"] == answer.json()["known_from"]


def test_a_correction_keeps_what_it_is_the_price_of(bob: Client, body: dict[str, Any]) -> None:
    first = send(bob, "post", LIST, body).json()
    address = f"{LIST}{first['id']}/"
    answer = send(bob, "patch", address, {"kind_id": str(uuid4()), "currency": "PLN", "x": 1})
    assert complaints(answer) == {"kind_id": "read_only", "currency": "read_only", "x": "unknown"}
    later = send(bob, "patch", address, {"gross": "11", "valid_from": "2027-05-01T00:00:00Z"}).json()
    shown = (later["amount"], later["includes_tax"], later["valid_from"])
    assert shown == ("11.0000", True, "2027-05-01T00:00:00Z")
    same = send(bob, "patch", f"{LIST}{later['id']}/", {"amount": "11.00"})
    assert same.json()["id"] == later["id"]


def test_a_deletion_closes_and_undo_lets_it_count_again(bob: Client, house: House, body: dict[str, Any]) -> None:
    made = send(bob, "post", LIST, body)
    gone = bob.delete(made.headers["Location"])
    assert (gone.status_code, amounts(bob.get(LIST))) == (204, [])
    assert amounts(bob.get(LIST, {"known_at": made.json()["known_from"]})) == ["10.0000"]
    with using_scope(house.scope()):
        undo(UUID(gone.headers["X-Action-Id"]))
    assert amounts(bob.get(LIST)) == ["10.0000"]


def test_lists_are_filtered(bob: Client, house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind, "10", max_quantity=9)
    make_price(house, product, kind, "8", min_quantity=10)
    make_price(house, product, make_kind(house, "sale"), "7", valid=(MAY, JUNE), currency="PLN")
    assert sorted(amounts(bob.get(LIST, {"quantity": "10", "kind": "regular"}))) == ["8.0000"]
    assert amounts(bob.get(LIST, {"valid_at": "2027-04-30T23:59:59Z", "currency": "PLN"})) == []
    assert amounts(bob.get(LIST, {"valid_at": "2027-05-01T00:00:00Z", "currency": "PLN"})) == ["7.0000"]
    assert len(amounts(bob.get(LIST, {"product_id": str(product.pk)}))) == 3
    assert amounts(bob.get(LIST, {"product_id": str(uuid4())})) == []
    assert complaints(bob.get(LIST, {"known_at": "yesterday"})) == {"known_at": "kernel.filter.invalid"}


def test_tiers_end_where_the_next_one_begins(bob: Client, house: House, body: dict[str, Any]) -> None:
    scope = {name: body[name] for name in ("product_id", "kind_id", "currency")}
    steps = [("1", "10"), ("100", "7.5"), ("10", "9")]
    rows_given = [{"min_quantity": least, "amount": amount} for least, amount in steps]
    answer = send(bob, "post", f"{LIST}tiers/", {**scope, "tiers": rows_given})
    assert answer.status_code == 200
    assert tiers(bob.get(LIST)) == [
        ("1.000000", "9.999900", "10.0000"),
        ("10.000000", "99.999900", "9.0000"),
        ("100.000000", None, "7.5000"),
    ]
    again = send(bob, "post", f"{LIST}tiers/", {**scope, "tiers": rows_given[:2]})
    assert tiers(again) == [("1.000000", "99.999900", "10.0000")]
    with using_scope(house.scope()):
        undo(UUID(again.headers["X-Action-Id"]))
    assert len(tiers(bob.get(LIST))) == 3
    assert send(bob, "post", f"{LIST}tiers/", {**scope, "tiers": []}).json() == {"results": []}
    assert amounts(bob.get(LIST)) == []


def test_tiers_of_a_period_leave_what_is_valid_outside_of_it(bob: Client, body: dict[str, Any]) -> None:
    send(bob, "post", LIST, body)
    scope = {name: body[name] for name in ("product_id", "kind_id", "currency")}
    period = {"valid_from": "2027-05-01T00:00:00Z", "valid_until": "2027-06-01T00:00:00Z"}
    send(bob, "post", f"{LIST}tiers/", {**scope, **period, "tiers": [{"min_quantity": "1", "amount": "8"}]})
    found = {
        moment: amounts(bob.get(LIST, {"valid_at": f"2027-{moment}T12:00:00Z"}))
        for moment in ("04-30", "05-01", "06-01")
    }
    assert found == {"04-30": ["10.0000"], "05-01": ["8.0000"], "06-01": ["10.0000"]}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ([{"min_quantity": "1", "amount": "1"}] * 2, {"tiers.1.min_quantity": "catalog.price.tier_twice"}),
        ([{"min_quantity": "0", "amount": "1"}], {"tiers.0.min_quantity": "catalog.price.quantity_not_positive"}),
        ([{"min_quantity": "1.00001", "amount": "1"}], {"tiers.0.min_quantity": "catalog.price.tier_too_fine"}),
        ([{"min_quantity": "1", "amount": "-1"}], {"tiers.0.amount": "min_value"}),
        ([{"min_quantity": "1"}], {"tiers.0.amount": "required"}),
    ],
)
def test_bad_tiers_are_refused(bob: Client, house: House, body: dict[str, Any], given: Any, complaint: Any) -> None:
    scope = {name: body[name] for name in ("product_id", "kind_id", "currency")}
    answer = send(bob, "post", f"{LIST}tiers/", {**scope, "tiers": given})
    assert (answer.status_code, complaints(answer), rows(house)) == (400, complaint, 0)


def test_many_prices_are_set_as_one_action(bob: Client, house: House, body: dict[str, Any]) -> None:
    first = send(bob, "post", LIST, body).json()
    gone = send(bob, "post", LIST, {**body, "currency": "USD"}).json()
    given = [{**body, "amount": "11"}, {**body, "currency": "PLN", "amount": "44"}]
    answer = send(bob, "post", f"{LIST}set/", {"prices": given, "closed": [gone["id"]]})
    assert (answer.status_code, sorted(amounts(answer))) == (200, ["11.0000", "44.0000"])
    assert sorted(amounts(bob.get(LIST))) == ["11.0000", "44.0000"]
    assert send(bob, "post", f"{LIST}set/", {"prices": given}).json() == {"results": []}
    stale = send(bob, "post", f"{LIST}set/", {"prices": [{**given[0], "replaces": first["id"]}]})
    assert (stale.status_code, stale.json()["code"]) == (409, "catalog.price.changed_since")
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    assert sorted(amounts(bob.get(LIST))) == ["10.0000", "10.0000"]


def test_one_bad_price_of_many_stops_all_and_is_named(bob: Client, house: House, body: dict[str, Any]) -> None:
    given = [body, {**body, "kind_id": str(uuid4())}, {**body, "channel_id": str(uuid4())}]
    answer = send(bob, "post", f"{LIST}set/", {"prices": given})
    assert complaints(answer) == {"prices.1.kind_id": "kernel.reference.unknown"}
    answer = send(bob, "post", f"{LIST}set/", {"prices": [body, {**body, "channel_id": str(uuid4())}]})
    assert complaints(answer) == {"prices.1.channel_id": "kernel.reference.unknown"}
    overlapping = [body, {**body, "min_quantity": "5"}]
    answer = send(bob, "post", f"{LIST}set/", {"prices": overlapping})
    assert (answer.status_code, complaints(answer)) == (409, {"prices.1.valid_from": "catalog.price.overlaps"})
    assert rows(house) == 0
    assert complaints(send(bob, "post", f"{LIST}set/", {})) == {"prices": "catalog.price.none_given"}


@pytest.mark.parametrize(("method", "sent"), [("get", None), ("patch", {"amount": "1"}), ("delete", None)])
def test_foreign_hidden_closed_and_missing_prices_look_the_same(
    bob: Client, house: House, other_house: House, method: str, sent: object
) -> None:
    foreign = make_price(other_house, make_product(other_house), make_kind(other_house))
    closed = make_price(house, make_product(house), make_kind(house))
    assert bob.delete(f"{LIST}{closed.pk}/").status_code == 204
    answers = [send(bob, method, f"{LIST}{item}/", sent) for item in (foreign.pk, closed.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1


def test_who_may_view_may_not_write(bob: Client, house: House, body: dict[str, Any]) -> None:
    made = send(bob, "post", LIST, body)
    viewer = client_of(member(house, "catalog.products.view"), organization=house.north)
    assert viewer.get(made.headers["Location"]).status_code == 200
    for answer in (
        send(viewer, "post", LIST, body),
        send(viewer, "patch", made.headers["Location"], {"amount": "1"}),
        viewer.delete(made.headers["Location"]),
        send(viewer, "post", f"{LIST}set/", {"prices": [body]}),
        send(viewer, "post", f"{LIST}tiers/", {"tiers": []}),
        send(viewer, "post", f"{LIST}change/", {"percent": "5"}),
    ):
        assert (answer.status_code, answer.json()["feature"]) == (403, "catalog.pricing.manage")


def test_a_quantity_may_be_given_in_another_unit(bob: Client, house: House, kind: PriceKind) -> None:
    product = make_product(house, unit="piece")
    make_conversion(house, product, "box", "12")
    make_price(house, product, kind, "10", max_quantity=23)
    make_price(house, product, kind, "8", min_quantity=24)
    found = {
        (quantity, unit): amounts(bob.get(LIST, {"quantity": quantity, "quantity_unit": unit}))
        for quantity, unit in (("1", "box"), ("2", "box"), ("2", "piece"), ("2", "pallet"))
    }
    assert found == {
        ("1", "box"): ["10.0000"],
        ("2", "box"): ["8.0000"],
        ("2", "piece"): ["10.0000"],
        ("2", "pallet"): [],
    }


def test_a_unit_alone_names_no_prices_to_close(bob: Client, house: House, product: Product, kind: PriceKind) -> None:
    make_price(house, product, kind, "10", max_quantity=9)
    make_price(house, product, kind, "8", min_quantity=10)
    answer = send(bob, "post", f"{LIST}bulk/", {"action": "delete", "where": {"quantity_unit": "box"}})
    assert (answer.status_code, complaints(answer)) == (400, {"where": "kernel.bulk.where"})
    answer = send(bob, "post", f"{LIST}bulk/", {"action": "delete", "where": {"quantity": "12"}})
    assert (answer.status_code, answer.json().get("count")) == (200, 1), answer.content
    assert amounts(bob.get(LIST)) == ["10.0000"]
