"""Fields that a list does not show by itself: custom ones, keys, widgets, lists of tenants' own types, secrets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.entities.services import create_definition, create_record, create_type
from apps.kernel.extensions.spots import WIDGETS, Place, Widget, widget
from apps.kernel.tenancy.scope import using_scope
from tests.backoffice.currencies import LIST, make_currency, text_of
from tests.backoffice.test_views_arranging import chips, codes, heads
from tests.backoffice.test_views_saved import tabs
from tests.dictionaries.factories import make_dictionary, make_entry
from tests.entities.factories import make_field
from tests.support.scopes import House

RECORDS = "/backend/entities/record/"


def named(content: bytes) -> list[str]:
    """Names of the fields that the dialog offers."""
    data = content.decode().partition('id="vw-data" type="application/json">')[2].partition("</script>")[0]
    return sorted(field["name"] for field in json.loads(data)["fields"])


def choosable(content: bytes) -> list[str]:
    panel = content.decode().partition("data-arranges")[2].partition("</ul>")[0]
    return [item.partition('"')[0] for item in panel.split('name="columns" value="')[1:]]


def test_custom_fields_are_columns_and_conditions(house: House, alice: Client) -> None:
    make_field(house, "size", is_listed=True)
    make_field(house, "depth")
    make_currency(house, "EUR", custom={"size": 5, "depth": 2})
    make_currency(house, "PLN", custom={"size": 9})
    page = alice.get(LIST)
    assert "cf_size" in heads(page.content)
    assert "cf_depth" not in heads(page.content)
    assert {"cf_size", "cf_depth"} <= set(choosable(page.content))
    tree = {"field": "cf_size", "operator": ">", "value": 4}
    answer = alice.get(f"{LIST}?columns=cf_depth,code&sort=-cf_size&filter={quote(json.dumps(tree))}")
    assert (heads(answer.content), codes(answer.content)) == (["cf_depth", "code"], ["PLN", "EUR"])
    assert chips(answer.content) == ["Size &gt; 4"]
    spelled = {"field": "custom_fields.size", "operator": "=", "value": 5}
    assert codes(alice.get(f"{LIST}?filter={quote(json.dumps(spelled))}").content) == ["EUR"]


def test_an_encrypted_field_is_no_condition_and_no_further_column(house: House, alice: Client) -> None:
    make_field(house, "iban", "text", is_encrypted=True)
    make_currency(house)
    page = alice.get(LIST)
    assert "cf_iban" not in named(page.content)
    assert "cf_iban" not in choosable(page.content)
    answer = alice.get(f"{LIST}?columns=code,cf_iban")
    assert heads(answer.content) == ["code"]


def test_no_secret_of_a_user_is_offered(alice: Client) -> None:
    page = alice.get("/backend/auth/user/")
    assert not {*choosable(page.content), *named(page.content)} & {"password", "email_digest"}
    assert "email" not in named(page.content)
    assert "password" not in heads(alice.get("/backend/auth/user/?columns=name,password").content)


def test_a_key_shows_the_label_of_its_record_in_one_query_more(house: House, alice: Client) -> None:
    entries = "/backend/dictionaries/dictionaryentry/"
    book = make_dictionary(house, name="Genres")
    for value in ("one", "two", "three"):
        make_entry(house, book, value)
    tree = {"field": "dictionary_id", "operator": "=", "value": str(book.pk)}
    answer = alice.get(f"{entries}?filter={quote(json.dumps(tree))}")
    assert chips(answer.content) == ["Dictionary is Genres"]
    with CaptureQueriesContext(connection) as context:
        alice.get(f"{entries}?columns=chip,updated_at,created_at,tone")
        assert sum('FROM "dictionary_entry"' in item["sql"] for item in context.captured_queries) == 2


def test_columns_of_widgets_are_chosen_and_not_drawn_when_hidden(house: House, alice: Client) -> None:
    currency, drawn = make_currency(house), []

    def cells(place: Place) -> dict[Any, Any]:
        drawn.append(place.ids)
        return {currency.pk: {"place": place}}

    widget(
        Widget("tests.stock", "data-table:currencies.currency:columns", "backoffice/live.html", cells, title="Stock")
    )
    try:
        assert heads(alice.get(LIST).content)[-1] == "tests.stock"
        assert heads(alice.get(f"{LIST}?columns=tests.stock,code").content) == ["tests.stock", "code"]
        assert heads(alice.get(f"{LIST}?columns=code,name").content) == ["code", "name"]
    finally:
        WIDGETS.remove("tests.stock")
    assert len(drawn) == 2


@pytest.fixture
def cars(house: House) -> None:
    with using_scope(house.scope(house.root)):
        for key in ("car", "bike"):
            create_type(key=key, label=key.capitalize(), label_plural=f"{key.capitalize()}s")
        create_definition(key="seats", kind="integer", label="Seats", entity="custom.car", is_listed=True)
        for title, seats in (("A", 2), ("B", 5)):
            create_record("car", title=title, custom_fields={"seats": seats})
        create_record("bike", title="C")


@pytest.mark.usefixtures("cars")
def test_each_type_of_a_tenants_own_has_views_of_its_own(alice: Client) -> None:
    tree = {"field": "cf_seats", "operator": ">", "value": 3}
    address = f"{RECORDS}?type=car&filter={quote(json.dumps(tree))}"
    assert [row.title for row in alice.get(address).context["cl"].result_list] == ["B"]
    state = {"filter": tree, "parameters": {"type": ["car"]}}
    given = {"list": "custom.car", "name": "Big", "state": json.dumps(state), "is_default": "on", "is_pinned": "on"}
    opened = alice.post("/backend/views/save/", given).headers["Location"]
    assert opened.startswith(f"{RECORDS}?type=car&view=")
    for shown in (opened, f"{RECORDS}?type=car"):
        answer = alice.get(shown)
        assert [row.title for row in answer.context["cl"].result_list] == ["B"]
        assert tabs(answer.content) == ["All", "Big"]
        assert "changed" not in text_of(answer.content)
    assert tabs(alice.get(f"{RECORDS}?type=bike").content) == []
    assert len(alice.get(f"{RECORDS}?type=car&view=all").context["cl"].result_list) == 2
    assert opened.replace("&", "&amp;") in alice.get("/backend/").content.decode()
