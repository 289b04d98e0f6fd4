"""Lists arranged by their address: columns, order, size of a page, condition; wrong ones leave the list standing."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from django.test import Client

from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import LIST, make_currency, text_of
from tests.support.scopes import House

EUR = {"field": "code", "operator": "=", "value": "EUR"}
FAULT = "The advanced filter is not understood"


def heads(content: bytes) -> list[str]:
    """Names of the columns, from the classes of their heads."""
    table = content.decode().partition("<thead>")[2].partition("</thead>")[0]
    return re.findall(r"column-([\w.]+)", table)


def codes(content: bytes) -> list[str]:
    """Codes of the rows, in the order shown."""
    return re.findall(r'/change/[^"]*"[^>]*>\s*([A-Z]{3})\s*</a>', content.decode().partition("<tbody")[2])


def chips(content: bytes) -> list[str]:
    return re.findall(r'class="vw-chip"><span>(.*?)</span>', content.decode())


def where(tree: object) -> str:
    return f"{LIST}?filter={quote(json.dumps(tree))}"


@pytest.fixture
def three(house: House) -> None:
    for code in ("EUR", "PLN", "USD"):
        make_currency(house, code, decimal_places=0 if code == "PLN" else 2)


@pytest.mark.usefixtures("three")
def test_columns_of_the_address_are_shown_in_its_order(alice: Client) -> None:
    answer = alice.get(f"{LIST}?columns=symbol,code,created_at")
    assert heads(answer.content) == ["symbol", "code", "created_at"]
    assert codes(answer.content) == ["EUR", "PLN", "USD"]


@pytest.mark.usefixtures("three")
def test_the_way_into_the_record_stays(alice: Client) -> None:
    answer = alice.get(f"{LIST}?columns=symbol")
    assert heads(answer.content) == ["code", "symbol"]
    assert codes(answer.content) == ["EUR", "PLN", "USD"]


@pytest.mark.usefixtures("three")
def test_unknown_columns_are_named_and_left_out(alice: Client) -> None:
    answer = alice.get(f"{LIST}?columns=code,nothing,tenant_id,custom")
    assert (answer.status_code, heads(answer.content)) == (200, ["code"])
    assert "Not shown, because there is no such column, or not for you: nothing, tenant_id, custom." in text_of(
        answer.content
    )


@pytest.mark.usefixtures("three")
def test_the_order_goes_by_names_and_outlives_other_columns(alice: Client) -> None:
    answer = alice.get(f"{LIST}?columns=code&sort=-decimal_places,-code")
    assert codes(answer.content) == ["USD", "EUR", "PLN"]
    assert 'name="sort" value="-decimal_places,-code"' in answer.content.decode()


@pytest.mark.usefixtures("three")
def test_djangos_own_order_is_kept_by_name(alice: Client) -> None:
    answer = alice.get(f"{LIST}?o=-1")
    assert codes(answer.content) == ["USD", "PLN", "EUR"]
    assert 'name="sort" value="-code"' in answer.content.decode()


def test_the_size_of_a_page_is_one_of_four(house: House, alice: Client) -> None:
    for place in range(26):
        make_currency(house, f"A{chr(65 + place)}A")
    assert len(codes(alice.get(f"{LIST}?page_size=20").content)) == 20
    assert codes(alice.get(f"{LIST}?page_size=20&p=2").content)[0] == "AUA"
    assert len(codes(alice.get(f"{LIST}?page_size=7").content)) == 26


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("tree", "found", "words"),
    [
        (EUR, ["EUR"], ["Code is “EUR”"]),
        (
            {"and": [EUR, {"field": "is_active", "operator": "=", "value": False}]},
            [],
            ["Code is “EUR”", "Active is no"],
        ),
        ({"field": "created_at", "operator": "<", "value": "2020-02-01"}, [], ["Created is before 1 Feb 2020"]),
        ({"field": "code", "operator": "in", "value": ["USD", "CHF"]}, ["USD"], ["Code is one of “USD”, “CHF”"]),
        (
            {"not": {"or": [EUR, {"field": "code", "operator": "starts_with", "value": "U"}]}},
            ["PLN"],
            ["not (Code is “EUR” or Code begins with “U”)"],
        ),
        (
            {"and": [{"or": [EUR, {"field": "code", "operator": "=", "value": "USD"}]}]},
            ["EUR", "USD"],
            ["(Code is “EUR” or Code is “USD”)"],
        ),
    ],
)
def test_a_condition_narrows_the_list_and_is_shown_in_words(
    alice: Client, tree: object, found: list[str], words: list[str]
) -> None:
    answer = alice.get(where(tree))
    assert (codes(answer.content), chips(answer.content)) == (found, words)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_beyond_the_calendar_is_shown_as_it_was_written(alice: Client, text: str) -> None:
    answer = alice.get(where({"field": "created_at", "operator": "<=", "value": text}))
    assert (answer.status_code, chips(answer.content)) == (200, [f"Created is on or before {text}"])


@pytest.mark.parametrize(
    "address",
    [
        "catalog/price/?currency=%00",
        "customers/interaction/?status__exact=%00",
        "audit_logs/readaccess/?how__exact=%00",
    ],
)
def test_a_nul_in_a_filter_beside_the_list_finds_nothing(alice: Client, address: str) -> None:
    answer = alice.get(f"/backend/{address}")
    assert (answer.status_code, answer.context["cl"].result_count) == (200, 0)


@pytest.mark.usefixtures("three")
def test_a_cross_takes_one_part_away(alice: Client) -> None:
    content = alice.get(where({"and": [EUR, {"field": "is_active", "operator": "=", "value": False}]})).content.decode()
    address = re.findall(r'<a href="([^"]+)" aria-label="Remove: Active is no"', content)[0].replace("&amp;", "&")
    assert codes(alice.get(f"{LIST}{address}").content) == ["EUR"]


HOSTILE = {
    "broken": '{"field":',
    "no-condition": "[]",
    "nul": '{"field":"code","operator":"=","value":"a\\u0000"}',
    "infinite": '{"field":"decimal_places","operator":"=","value":1e999}',
    "another-kind": '{"field":"tenant_id","operator":"=","value":"x"}',
    "unknown-field": '{"field":"customer.name","operator":"=","value":"x"}',
    "unknown-operator": '{"field":"code","operator":"like","value":"x"}',
    "order-of-text": '{"field":"code","operator":">","value":"A"}',
    "pattern": '{"field":"code","operator":"matches","value":"(a+)+$"}',
    "deep": '{"and":[{"and":[{"and":[{"field":"code","operator":"=","value":"x"}]}]}]}',
    "wide": json.dumps({"and": [EUR] * 16}),
    "many": json.dumps({"and": [{"or": [EUR] * 15}] * 4}),
    "huge-number": '{"field":"decimal_places","operator":"=","value":' + "9" * 99 + "}",
    "twice": '{"field":"code","field":"name","operator":"=","value":"x"}',
    "very-deep": "[" * 5000,
}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_wrong_condition_is_explained_and_the_list_is_there(alice: Client, text: str) -> None:
    answer = alice.get(LIST, {"filter": text})
    assert (answer.status_code, codes(answer.content)) == (200, ["EUR", "PLN", "USD"])
    assert FAULT in text_of(answer.content)


@pytest.mark.usefixtures("three")
def test_complaints_stand_at_the_places_of_their_nodes(alice: Client) -> None:
    tree = {"and": [EUR, {"field": "code", "operator": "between", "value": "x"}]}
    assert "filter.and[1].value" in text_of(alice.get(where(tree)).content)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("across", ["1", "yes"])
def test_nothing_is_done_to_all_rows_of_a_list_whose_filter_is_not_understood(alice: Client, across: str) -> None:
    posted = {"action": "deactivate", "select_across": across, "_selected_action": ["x"]}
    answer = alice.post(f"{LIST}?filter=nonsense", posted)
    assert answer.status_code == 400
    assert codes(alice.get(where({"field": "is_active", "operator": "=", "value": True})).content) == [
        "EUR",
        "PLN",
        "USD",
    ]


@pytest.mark.usefixtures("three")
def test_the_check_names_what_is_wrong(alice: Client, log_in: LogIn) -> None:
    address = "/backend/views/check/"
    given = {"list": "currencies.currency", "filter": '{"and":[{"field":"x","operator":"=","value":1}]}'}
    [fault] = alice.get(address, given).json()["faults"]
    assert fault["path"] == "filter"
    assert alice.get(address, {**given, "filter": json.dumps(EUR)}).json() == {"faults": []}
    assert log_in("search.view").get(address, given).status_code == 403
    assert alice.get(address, {"list": "no.such"}).status_code == 403


def test_reading_rights_hold_for_the_list(house: House, log_in: LogIn) -> None:
    make_currency(house)
    bob = log_in("currencies.view")
    assert codes(bob.get(where(EUR)).content) == ["EUR"]
    assert log_in("search.view", name="Eve").get(where(EUR)).status_code == 403
