"""Lists by custom fields over HTTP: filters, sorting, cursors, conditions, and what is refused."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, make_field
from tests.support.scopes import House

OPTIONS = [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}]


@pytest.fixture
def bob(house: House) -> Client:
    user = member(house, "currencies.manage", "entities.definitions.manage", "audit_logs.view_tenant")
    return client_of(user, organization=house.north)


def record(bob: Client, values: dict[str, Any]) -> None:
    """A currency for each code, with the value of the field `size`; None for none."""
    for code, value in values.items():
        body = {"code": code} if value is None else {"code": code, "cf_size": value}
        assert send(bob, "post", CURRENCIES, body).status_code == 201


def codes(bob: Client, **parameters: Any) -> list[str]:
    """Codes on the page."""
    answer = bob.get(CURRENCIES, parameters)
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["results"]]


# kind, further parts of the definition, values by code, and for each parameter the codes that it finds
FOUND: tuple[tuple[str, dict[str, Any], dict[str, Any], dict[str, str]], ...] = (
    (
        "integer",
        {},
        {"CHF": 3, "EUR": 10, "PLN": None, "USD": -2},
        {
            "cf_size=3": "CHF",
            "cf:size=3": "CHF",
            "cf_size__gt=3": "EUR",
            "cf_size__gte=3": "CHF EUR",
            "cf_size__lt=3": "USD",
            "cf_size__lte=3": "CHF USD",
            "cf_size__in=3,10": "CHF EUR",
            "cf_size__ne=3": "EUR PLN USD",
            "cf_size__isnull=true": "PLN",
            "cf_size__isnull=false": "CHF EUR USD",
            "cf_size=9000000000": "",
        },
    ),
    (
        "decimal",
        {},
        {"CHF": "0.1", "EUR": "10.50", "PLN": "9.7"},
        {"cf_size=10.5": "EUR", "cf_size__gte=9.7": "EUR PLN", "cf_size__in=0.10,9.70": "CHF PLN"},
    ),
    (
        "currency",
        {},
        {"CHF": {"amount": 9, "currency": "EUR"}, "EUR": {"amount": "10.5", "currency": "EUR"}},
        {"cf_size__gt=9": "EUR", "cf_size=9": "CHF"},
    ),
    (
        "text",
        {},
        {"CHF": "Straße 100%", "EUR": "straße", "PLN": None},
        {
            "cf_size=straße": "EUR",
            "cf_size__icontains=STRASSE": "",
            "cf_size__icontains=0%": "CHF",
            "cf_size__istartswith=STRA": "CHF EUR",
            "cf_size__in=straße,other": "EUR",
            "cf_size__ne=straße": "CHF PLN",
            "cf_size=x'); DROP TABLE currency --": "",
        },
    ),
    (
        "multiline",
        {},
        {"CHF": "x" * 600 + "needle", "EUR": "y"},
        {"cf_size__icontains=NEEDLE": "CHF", "cf_size__isnull=true": ""},
    ),
    ("boolean", {}, {"CHF": True, "EUR": False, "PLN": None}, {"cf_size=true": "CHF", "cf_size__ne=true": "EUR PLN"}),
    (
        "date",
        {},
        {"CHF": "2026-01-31", "EUR": "2026-02-01"},
        {"cf_size=2026-01-31": "CHF", "cf_size__gt=2026-01-31": "EUR", "cf_size__lte=2026-02-01": "CHF EUR"},
    ),
    (
        "datetime",
        {},
        {"CHF": "2026-01-31T23:30:00Z", "EUR": "2026-02-01T00:00:00Z"},
        {"cf_size=2026-02-01T00:30:00%2B01:00": "CHF", "cf_size__gte=2026-02-01T00:00:00Z": "EUR"},
    ),
    (
        "select",
        {"options": OPTIONS},
        {"CHF": "red", "EUR": "blue"},
        {"cf_size=red": "CHF", "cf_size__in=red,blue": "CHF EUR"},
    ),
    (
        "multiselect",
        {"options": OPTIONS},
        {"CHF": ["red"], "EUR": ["red", "blue"], "PLN": None},
        {"cf_size__contains=blue": "EUR", "cf_size__contains=red": "CHF EUR", "cf_size__isnull=true": "PLN"},
    ),
    ("integer", {"is_encrypted": True}, {"CHF": 3, "EUR": 33}, {"cf_size=3": "CHF", "cf_size=%2B3": "CHF"}),
    (
        "text",
        {"is_encrypted": True},
        {"CHF": "Hush", "EUR": "Hush hush"},
        {"cf_size=Hush": "CHF", "cf_size=hush": "CHF", "cf_size=hus": ""},
    ),
)


@pytest.mark.parametrize(("kind", "parts", "values", "questions"), FOUND)
def test_a_list_is_filtered_by_a_field_of_each_kind(
    bob: Client, house: House, *, kind: str, parts: dict[str, Any], values: dict[str, Any], questions: dict[str, str]
) -> None:
    make_field(house, "size", kind, **parts)
    record(bob, values)
    found = {}
    for question in questions:
        answer = bob.get(f"{CURRENCIES}?{question}")
        assert answer.status_code == 200, (question, answer.content)
        found[question] = " ".join(row["code"] for row in answer.json()["results"])
    assert found == questions


@pytest.mark.parametrize(
    ("kind", "parts", "parameters", "expected"),
    [
        ("integer", {}, {"cf_size": "big"}, {"cf_size": "kernel.filter.invalid"}),
        ("integer", {}, {"cf_size": "1.5"}, {"cf_size": "kernel.filter.invalid"}),
        ("integer", {}, {"cf_size": ""}, {"cf_size": "kernel.filter.empty"}),
        ("integer", {}, {"cf_size__icontains": "1"}, {"cf_size__icontains": "kernel.parameter.unknown"}),
        ("integer", {}, {"cf_other": "1"}, {"cf_other": "kernel.parameter.unknown"}),
        ("decimal", {}, {"cf_size__gte": "1e999999"}, {"cf_size__gte": "kernel.filter.invalid"}),
        ("date", {}, {"cf:size": "soon"}, {"cf:size": "kernel.filter.invalid"}),
        ("datetime", {}, {"cf_size": "2026-01-01T00:00:00"}, {"cf_size": "kernel.filter.invalid"}),
        ("select", {"options": OPTIONS}, {"cf_size": "green"}, {"cf_size": "kernel.filter.invalid_choice"}),
        ("boolean", {}, {"cf_size": "perhaps"}, {"cf_size": "kernel.filter.invalid_choice"}),
        (
            "text",
            {"is_encrypted": True},
            {"cf_size__icontains": "x"},
            {"cf_size__icontains": "kernel.parameter.unknown"},
        ),
        ("text", {"is_encrypted": True}, {"ordering": "cf_size"}, {"ordering": "kernel.ordering.unknown"}),
        ("date", {"is_encrypted": True}, {"cf_size": "soon"}, {"cf_size": "kernel.filter.invalid"}),
        ("text", {"is_filterable": False}, {"cf_size": "x"}, {"cf_size": "kernel.parameter.unknown"}),
        ("text", {"is_filterable": False}, {"ordering": "cf_size"}, {"ordering": "kernel.ordering.unknown"}),
        ("multiline", {}, {"ordering": "-cf_size"}, {"ordering": "kernel.ordering.unknown"}),
        (
            "integer",
            {},
            {"cf_size": "x", "cf_other": "1", "is_base": "x"},
            {
                "cf_size": "kernel.filter.invalid",
                "cf_other": "kernel.parameter.unknown",
                "is_base": "kernel.filter.invalid_choice",
            },
        ),
    ],
)
def test_wrong_parameters_are_all_named(
    bob: Client, house: House, *, kind: str, parts: dict[str, Any], parameters: dict[str, str], expected: dict[str, str]
) -> None:
    make_field(house, "size", kind, **parts)
    answer = bob.get(CURRENCIES, parameters)
    assert (answer.status_code, complaints(answer)) == (400, expected)


@pytest.mark.parametrize(
    ("kind", "values", "order"),
    [
        ("integer", {"CHF": 10, "EUR": None, "PLN": 9, "USD": -1}, "USD PLN CHF EUR"),
        ("decimal", {"CHF": "10.5", "EUR": "10.25", "PLN": "9"}, "PLN EUR CHF"),
        ("text", {"CHF": "b", "EUR": "a", "PLN": "c"}, "EUR CHF PLN"),
        ("date", {"CHF": "2026-02-01", "EUR": "2025-12-31"}, "EUR CHF"),
        ("boolean", {"CHF": True, "EUR": False}, "EUR CHF"),
        ("datetime", {"CHF": "2026-02-01T00:00:00Z", "EUR": "2026-01-31T23:00:00Z"}, "EUR CHF"),
    ],
)
def test_a_list_is_sorted_by_a_field(bob: Client, house: House, kind: str, values: dict[str, Any], order: str) -> None:
    make_field(house, "size", kind)
    record(bob, values)
    assert codes(bob, ordering="cf_size") == order.split()
    assert codes(bob, ordering="-cf_size") == order.split()[::-1]
    assert codes(bob, ordering="cf:size,code") == order.split()


def walk(bob: Client, parameters: dict[str, Any], *, way: str = "next") -> list[str]:
    """Codes of all pages from a cursor on."""
    found: list[str] = []
    address: str | None = f"{CURRENCIES}?{urlencode(parameters)}"
    last = address
    while address:
        page = bob.get(address).json()
        shown = [row["code"] for row in page["results"]]
        found = found + shown if way == "next" else shown + found
        last, address = address, page[way]
    assert last
    return found


@pytest.mark.parametrize("kind", ["decimal", "datetime", "text", "boolean"])
@pytest.mark.parametrize("ordering", ["cf_size", "-cf_size", "cf_size,-code", "name,-cf_size"])
def test_a_cursor_walks_along_a_field(bob: Client, house: House, kind: str, ordering: str) -> None:
    make_field(house, "size", kind)
    by_kind: dict[str, tuple[Any, Any]] = {
        "decimal": ("1.5", "10"),
        "datetime": ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
        "text": ("a", "b"),
        "boolean": (False, True),
    }
    low, high = by_kind[kind]
    record(bob, {"CHF": high, "EUR": None, "PLN": low, "USD": low, "GBP": None, "JPY": high, "SEK": low})
    whole = codes(bob, ordering=ordering)
    assert len(whole) == 7
    assert walk(bob, {"ordering": ordering, "cursor": "", "page_size": 2}) == whole


def test_pages_by_number_and_chosen_fields(bob: Client, house: House) -> None:
    make_field(house, "size", "integer")
    record(bob, {"CHF": 1, "EUR": 2, "PLN": 3})
    page = bob.get(f"{CURRENCIES}?ordering=-cf_size&page_size=2&fields=code,custom_fields").json()
    assert [(row["code"], row["custom_fields"]["size"]) for row in page["results"]] == [
        ("PLN", 3),
        ("EUR", 2),
    ]
    assert (page["count"], page["next"] is not None) == (3, True)


TREES: tuple[tuple[Any, str], ...] = (
    ({"field": "cf_size", "operator": ">", "value": 1}, "EUR PLN"),
    ({"field": "custom_fields.size", "operator": "=", "value": 2}, "EUR"),
    ({"not": {"field": "cf_size", "operator": "=", "value": 2}}, "CHF PLN USD"),
    ({"field": "cf_size", "operator": "is_empty"}, "USD"),
    (
        {
            "or": [
                {"field": "cf_size", "operator": "in", "value": [1, 3]},
                {"field": "code", "operator": "=", "value": "USD"},
            ]
        },
        "CHF PLN USD",
    ),
    ({"field": "cf_size", "operator": "between", "value": [1, 2]}, "CHF EUR"),
)


@pytest.mark.parametrize(("tree", "expected"), TREES)
def test_a_condition_names_custom_fields(bob: Client, house: House, tree: Any, expected: str) -> None:
    make_field(house, "size", "integer")
    record(bob, {"CHF": 1, "EUR": 2, "PLN": 3, "USD": None})
    assert codes(bob, filter=json.dumps(tree)) == expected.split()


def test_a_condition_on_days_moments_and_unknown_fields(bob: Client, house: House) -> None:
    make_field(house, "size", "datetime")
    make_field(house, "hush", "text", is_encrypted=True)
    record(bob, {"CHF": "2026-01-31T23:30:00Z", "EUR": "2026-02-01T00:00:00Z"})
    day = {"field": "cf_size", "operator": "=", "value": "2026-02-01"}
    assert codes(bob, filter=json.dumps(day)) == ["EUR"]
    for name in ("cf_nothing", "cf_hush", "custom_fields.nothing"):
        answer = bob.get(CURRENCIES, {"filter": json.dumps({**day, "field": name})})
        assert (answer.status_code, list(complaints(answer))) == (400, ["filter"]), answer.content


def test_a_file_keeps_the_filter_and_the_order(bob: Client, house: House) -> None:
    make_field(house, "size", "integer", is_listed=True)
    record(bob, {"CHF": 1, "EUR": 2, "PLN": 3})
    answer: Any = bob.get(f"{CURRENCIES}?format=csv&fields=code,custom_fields&cf_size__gte=2&ordering=-cf_size")
    assert b"".join(answer.streaming_content).decode().splitlines() == ["code,cf_size", "PLN,3", "EUR,2"]


def test_the_history_does_not_keep_what_an_encrypted_field_was_compared_with(bob: Client, house: House) -> None:
    make_field(house, "size", "text", is_encrypted=True)
    record(bob, {"CHF": "Hush"})
    answer: Any = bob.get(f"{CURRENCIES}?format=csv&cf_size=Hush&fields=code")
    assert b"".join(answer.streaming_content).decode().splitlines() == ["code", "CHF"]
    actions = bob.get("/api/audit_logs/actions/", {"command": "kernel.list.export"}).json()["results"]
    assert len(actions) == 1
    assert "Hush" not in json.dumps(actions)
    details = bob.get(f"/api/audit_logs/actions/{actions[0]['id']}/").json()
    assert "Hush" not in json.dumps(details)


def test_a_bulk_order_names_a_custom_field(bob: Client, house: House) -> None:
    make_field(house, "size", "integer")
    record(bob, {"CHF": 1, "EUR": 2})
    body = {"action": "update", "filter": {"field": "cf_size", "operator": "=", "value": 2}, "changes": {"name": "Two"}}
    assert send(bob, "post", f"{CURRENCIES}bulk/", body).json()["count"] == 1
    assert [row["name"] == "Two" for row in bob.get(CURRENCIES).json()["results"]] == [False, True]


def test_filters_cost_no_query_for_each_field(bob: Client, house: House) -> None:
    for key in ("size", "width", "depth"):
        make_field(house, key, "integer")
    record(bob, {"CHF": 1})
    codes(bob, cf_size=1)
    with CaptureQueriesContext(connection) as one:
        codes(bob, cf_size=1)
    with CaptureQueriesContext(connection) as three:
        codes(bob, cf_size=1, cf_width__isnull="true", cf_depth__isnull="true", ordering="cf_size,cf_width")
    assert len(three) == len(one)


def test_another_tenants_fields_are_unknown(bob: Client, house: House, other_house: House) -> None:
    make_field(other_house, "size", "integer")
    assert complaints(bob.get(CURRENCIES, {"cf_size": "1"})) == {"cf_size": "kernel.parameter.unknown"}
