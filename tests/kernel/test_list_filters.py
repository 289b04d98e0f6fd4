"""Which rows a list shows: generated filters, ids, the advanced tree, the search."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.directory.callers import complaints
from tests.kernel.books import BOOKS, librarian, make_books, titles
from tests.support.scopes import House, make_house
from tests.support.shelf.api.views import BookViewSet

LIKE_A_REQUEST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROWS = (
    {"title": "100% wool", "code": "A_1", "price": Decimal("1.5"), "pages": 10, "is_lent": True, "tags": ["warm", "x"]},
    {"title": "Wool", "code": "AB1", "price": None, "pages": 20, "kind": "atlas", "published_on": date(2020, 1, 2)},
    {
        "title": "zebra",
        "code": "C",
        "price": Decimal(7),
        "pages": 30,
        "kind": "manual",
        "borrowed_at": datetime(2024, 5, 6, 7, 8, tzinfo=UTC),
    },
)


@pytest.fixture
def alice(house: House) -> Any:
    make_books(house, *ROWS)
    return librarian(house)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"code": "C"}, ["zebra"]),
        ({"code__in": "C,AB1,unknown"}, ["Wool", "zebra"]),
        ({"title__icontains": "WOOL"}, ["100% wool", "Wool"]),
        ({"title__icontains": "%"}, ["100% wool"]),
        ({"code__icontains": "A_"}, ["100% wool"]),
        ({"title__istartswith": "wo"}, ["Wool"]),
        ({"price": "1.5"}, ["100% wool"]),
        ({"price__gte": "1.5"}, ["100% wool", "zebra"]),
        ({"price__lt": "7.0000"}, ["100% wool"]),
        ({"price__isnull": "true"}, ["Wool"]),
        ({"price__in": "1.5,7"}, ["100% wool", "zebra"]),
        ({"pages__gt": "10", "pages__lte": "30"}, ["Wool", "zebra"]),
        ({"pages__gte": "99999999999999999999"}, []),
        ({"is_lent": "true"}, ["100% wool"]),
        ({"kind": "atlas"}, ["Wool"]),
        ({"kind__in": "atlas,manual"}, ["Wool", "zebra"]),
        ({"published_on__gte": "2020-01-02"}, ["Wool"]),
        ({"borrowed_at__lte": "2024-05-06T09:08:00+02:00"}, ["zebra"]),
        ({"borrowed_at__gt": "2024-05-06T07:08:00Z"}, []),
        ({"borrowed_at__isnull": "false"}, ["zebra"]),
        ({"tags__contains": "warm"}, ["100% wool"]),
        ({"q": "zeb"}, ["zebra"]),
    ],
)
def test_filters_find(alice: Any, parameters: dict[str, str], expected: list[str]) -> None:
    assert titles(alice.get(BOOKS, parameters)) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pages", "1.5"),
        ("pages", "many"),
        ("price", "NaN"),
        ("price__gte", "1e999999"),
        ("price__gte", "Infinity"),
        ("is_lent", "yes"),
        ("kind", "poem"),
        ("kind__in", "atlas,poem"),
        ("published_on", "2020-02-30"),
        ("borrowed_at__gte", "2024-05-06T07:08:00"),
        ("borrowed_at__gte", "0001-01-01T00:00:00+14:00"),
        ("currency_id", "EUR"),
        ("code", ""),
        ("code", "\0"),
        ("q", " "),
        ("code__in", ",".join(["x"] * 201)),
        ("ids", "none,of,them"),
        ("ids", ""),
        ("ids", ",".join([str(uuid4())] * 201)),
        ("filter", "{"),
        ("filter", '{"field": "notes", "operator": "=", "value": "x"}'),
        ("filter", '{"field": "title", "operator": "matches", "value": "x"}'),
    ],
)
def test_values_that_cannot_be_read_are_refused_and_show_nothing(alice: Any, name: str, value: str) -> None:
    answer = alice.get(BOOKS, {name: value})
    assert answer.status_code == 400
    assert {field.partition(".")[0] for field in complaints(answer)} == {name}


def test_encrypted_columns_offer_no_filter(alice: Any) -> None:
    assert complaints(alice.get(BOOKS, {"notes": "x"})) == {"notes": "kernel.parameter.unknown"}


def test_ids_choose_and_unknown_ones_are_simply_absent(house: House, alice: Any, other_house: House) -> None:
    rows = {row["title"]: row["id"] for row in alice.get(BOOKS).json()["results"]}
    [foreign] = make_books(other_house, {})
    wanted = ",".join([rows["zebra"], str(uuid4()), str(foreign.pk), "rubbish"])
    assert titles(alice.get(BOOKS, {"ids": wanted})) == ["zebra"]


def found(client: Client, tree: Any) -> list[str]:
    return titles(client.get(BOOKS, {"filter": json.dumps(tree)}))


def leaf(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def test_the_tree_is_anded_with_everything_else(alice: Any) -> None:
    tree = {"or": [leaf("pages", ">", 15), leaf("is_lent", "=", True)]}
    assert found(alice, tree) == ["100% wool", "Wool", "zebra"]
    answer = alice.get(BOOKS, {"filter": json.dumps(tree), "kind": "atlas"})
    assert titles(answer) == ["Wool"]
    assert found(alice, {"not": leaf("price", "=", 7)}) == ["100% wool", "Wool"]


def test_a_tree_has_limits(alice: Any) -> None:
    one = leaf("pages", "=", 1)
    deep: Any = one
    for _ in range(4):
        deep = {"and": [deep, one]}
    wide = {"or": [one] * 16}
    many = {"and": [{"or": [one] * 15}] * 4}
    for tree in (deep, wide, many):
        answer = alice.get(BOOKS, {"filter": json.dumps(tree)})
        assert answer.status_code == 400, tree
        assert all(field.startswith("filter") for field in complaints(answer))


def test_no_condition_reaches_beyond_the_scope(house: House, other_house: House) -> None:
    make_books(house, {"title": "south"}, organization=house.south)
    make_books(other_house, {"title": "foreign"})
    client = librarian(house)
    north = {"X-Organization-Id": str(house.north.pk)}
    tree = json.dumps({"or": [leaf("pages", ">=", 0), {"not": leaf("pages", ">=", 0)}]})
    for parameters in ({}, {"filter": tree}, {"title__icontains": "o"}, {"q": "o"}):
        assert client.get(BOOKS, parameters, headers=north).json()["results"] == []


NAMES = sorted(BookViewSet.filter_fields)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["-1", "1e400", "9" * 30, "true", "null", "%", "_", "\\", "'", "2024-01-01", "24:00", "{}", "[]", ","]
    ),
    st.uuids().map(str),
)


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    lookup=st.sampled_from(["", "__in", "__gte", "__icontains", "__isnull", "__contains", "__tenant_id", "__pk"]),
    value=VALUES,
)
@LIKE_A_REQUEST
def test_hostile_values_are_answered_with_400_or_rows(
    database: None, names: list[str], lookup: str, value: str
) -> None:
    client = librarian(make_house())
    answer = client.get(BOOKS, {f"{name}{lookup}": value for name in names})
    assert answer.status_code in {200, 400}


def test_a_field_that_the_caller_may_not_read_is_no_filter(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BookViewSet, "field_features", {"price": "currencies.manage"})
    answer = alice.get(BOOKS, {"price__gte": "1", "title": "x"})
    assert (answer.status_code, complaints(answer)) == (400, {"price__gte": "kernel.parameter.unknown"})
