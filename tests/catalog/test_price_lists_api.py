"""Price kinds, price lists and settings over HTTP, and the kinds that every tenant begins with."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.catalog.errors import PriceParentGone
from apps.catalog.models import PriceKind, PricingSettings
from apps.catalog.setup import seed_defaults
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.catalog.factories import make_kind, make_price, make_price_list, make_product
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House

KINDS, LISTS, SETTINGS = (f"/api/catalog/{name}/" for name in ("price-kinds", "price-lists", "settings"))
NEW = {"name": "Wholesale", "code": "wholesale", "currency": "EUR"}
TENTH_LESS = '{"multiply": [{"field": "price"}, 0.9]}'


def kinds(house: House) -> list[tuple[str, bool, bool]]:
    with using_scope(house.scope()), scoped_transaction():
        rows = PriceKind.objects.order_by("code")
        return [(row.code, row.is_promotion, row.is_deleted) for row in rows]


def test_a_tenant_begins_with_two_kinds_and_keeps_its_own(house: House, bob: Client) -> None:
    make_kind(house, "staff")
    for _round in range(2):
        with using_scope(house.scope()):
            seed_defaults(house.scope())
    assert kinds(house) == [("regular", False, False), ("sale", True, False), ("staff", False, False)]
    [sale] = bob.get(KINDS, {"code": "sale"}).json()["results"]
    assert bob.delete(f"{KINDS}{sale['id']}/").status_code == 204
    with using_scope(house.scope()):
        seed_defaults(house.scope())
    assert kinds(house)[1] == ("sale", True, True)


def test_a_kind_in_use_stays(house: House, bob: Client) -> None:
    kind = make_kind(house)
    price = make_price(house, make_product(house), kind)
    answer = bob.delete(f"{KINDS}{kind.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.in_use")
    assert answer.json()["usages"] == {"catalog.price.kind_id": 1}
    assert bob.delete(f"/api/catalog/prices/{price.pk}/").status_code == 204
    assert bob.delete(f"{KINDS}{kind.pk}/").status_code == 204


def test_a_price_counts_again_only_while_its_kind_is_there(house: House, bob: Client) -> None:
    kind = make_kind(house)
    price = make_price(house, make_product(house), kind)
    closed = bob.delete(f"/api/catalog/prices/{price.pk}/").headers["X-Action-Id"]
    gone = bob.delete(f"{KINDS}{kind.pk}/").headers["X-Action-Id"]
    with using_scope(house.scope()):
        with pytest.raises(PriceParentGone):
            undo(UUID(closed))
        undo(UUID(gone))
        undo(UUID(closed))
    assert bob.get("/api/catalog/prices/").json()["count"] == 1


@pytest.mark.parametrize(
    ("changes", "status", "complaint"),
    [
        ({"code": "Big Code"}, 400, {"code": "invalid"}),
        ({"display_mode": "net"}, 400, {"display_mode": "invalid_choice"}),
        ({"currency": "euro"}, 400, {"currency": "max_length"}),
        ({"title": ""}, 400, {"title": "blank"}),
        ({"code": "taken"}, 409, {"code": "kernel.duplicate"}),
    ],
)
def test_bad_kinds_are_refused(house: House, bob: Client, changes: Any, status: int, complaint: Any) -> None:
    make_kind(house, "taken")
    answer = send(bob, "post", KINDS, {"title": "Staff", "code": "staff", **changes})
    assert (answer.status_code, complaints(answer)) == (status, complaint)
    assert len(kinds(house)) == 1


def test_a_list_may_be_derived(house: House, bob: Client) -> None:
    base = send(bob, "post", LISTS, NEW).json()
    derived = send(bob, "post", LISTS, {**NEW, "code": "vip", "base_list_id": base["id"], "formula": TENTH_LESS})
    assert derived.status_code == 201
    answer = send(bob, "patch", derived.headers["Location"], {"formula": "", "percent": "-12.5", "round_to": "0.05"})
    assert (answer.json()["percent"], answer.json()["round_to"]) == ("-12.5000", "0.0500")
    refused = bob.delete(f"{LISTS}{base['id']}/")
    assert (refused.status_code, refused.json()["usages"]) == (409, {"catalog.pricelist.base_list_id": 1})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"percent": "5"}, {"base_list_id": "catalog.price_list.no_base"}),
        ({"base_list_id": str(uuid4())}, {"base_list_id": "kernel.reference.unknown"}),
        ({"base_list_id": "base", "percent": "5", "formula": TENTH_LESS}, {"formula": "catalog.price_list.two_ways"}),
        ({"base_list_id": "base", "percent": "-100.0001"}, {"percent": "min_value"}),
        ({"base_list_id": "base", "currency": "PLN"}, {"currency": "catalog.price_list.currency_of_base"}),
        ({"currency": "eur"}, {"currency": "invalid"}),
        ({"round_to": "-1"}, {"round_to": "min_value"}),
        (
            {"valid_from": "2027-05-01T00:00:00Z", "valid_until": "2027-04-01T00:00:00Z"},
            {"valid_until": "catalog.price.end_before_start"},
        ),
    ],
)
def test_bad_lists_are_refused(house: House, bob: Client, changes: Any, complaint: Any) -> None:
    base = make_price_list(house, code="base")
    given = {name: str(base.pk) if value == "base" else value for name, value in changes.items()}
    answer = send(bob, "post", LISTS, {**NEW, **given})
    assert (answer.status_code, complaints(answer)) == (400, complaint)


@pytest.mark.parametrize(
    "formula",
    [
        "price * 2",
        "[1]",
        '{"field": "cost"}',
        '{"multiply": [{"field": "price"}, "two"]}',
        '{"days_between": [{"today": []}, {"field": "price"}]}',
        '{"divide": [{"field": "price"}, 0]}',
        '{"subtract": [0, {"field": "price"}]}',
        '{"concat": ["a", "b"]}',
        '{"and": []}',
    ],
)
def test_a_formula_is_judged_when_it_is_written(house: House, bob: Client, formula: str) -> None:
    base = make_price_list(house, code="base")
    answer = send(bob, "post", LISTS, {**NEW, "base_list_id": str(base.pk), "formula": formula})
    assert complaints(answer) == {"formula": "catalog.price_list.formula_invalid"}


def test_lists_do_not_go_round(house: House, bob: Client) -> None:
    first = make_price_list(house, code="first")
    second = make_price_list(house, code="second", base_list=first)
    for base in (first, second):
        answer = send(bob, "patch", f"{LISTS}{first.pk}/", {"base_list_id": str(base.pk)})
        assert (answer.status_code, complaints(answer)) == (400, {"base_list_id": "catalog.price_list.circle"})


def test_a_list_with_prices_keeps_what_they_take_from_it(house: House, bob: Client) -> None:
    price_list = make_price_list(house)
    make_price(house, make_product(house), make_kind(house), price_list=price_list)
    address = f"{LISTS}{price_list.pk}/"
    answer = send(bob, "patch", address, {"currency": "PLN"})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.price_list.filled")
    assert send(bob, "patch", address, {"name": "Trade"}).json()["name"] == "Trade"
    assert bob.delete(address).json()["usages"] == {"catalog.price.price_list_id": 1}


def test_settings_are_the_usual_ones_until_they_are_changed(house: House, bob: Client) -> None:
    usual = {"layers": [0, 1, 2, 3, 4], "only_cheaper_promotions": False, "shows_unit_prices": True}
    assert bob.get(SETTINGS).json() == usual
    answer = send(bob, "put", SETTINGS, {"layers": [4, 0, 1, 2, 3], "only_cheaper_promotions": True})
    assert answer.json() == {"layers": [4, 0, 1, 2, 3], "only_cheaper_promotions": True, "shows_unit_prices": True}
    assert send(bob, "put", SETTINGS, {"shows_unit_prices": False}).json()["layers"] == [4, 0, 1, 2, 3]
    with using_scope(house.scope()), scoped_transaction():
        assert PricingSettings.objects.count() == 1


@pytest.mark.parametrize("layers", [[0, 1, 2, 3], [0, 1, 2, 3, 3], []])
def test_every_layer_is_named_once(house: House, bob: Client, layers: list[int]) -> None:
    answer = send(bob, "put", SETTINGS, {"layers": layers})
    assert complaints(answer) == {"layers": "catalog.pricing_settings.layers_incomplete"}


def test_settings_are_for_who_sets_up(house: House) -> None:
    clerk = client_of(member(house, "catalog.pricing.manage"), organization=house.north)
    assert clerk.get(SETTINGS).status_code == 200
    for answer in (send(clerk, "put", SETTINGS, {}), send(clerk, "post", KINDS, {"title": "x", "code": "x"})):
        assert (answer.status_code, answer.json()["feature"]) == (403, "catalog.settings.manage")
