"""Custom fields that tenants have declared searchable: found over HTTP, and documents follow their definitions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, CURRENCY, DEFINITIONS
from tests.search.factories import build_index, catch_up, documents
from tests.search.test_secrets import tables_with
from tests.support.scopes import House

SECRET = "Quetzalcoatl77"


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "search.*", "currencies.*", "entities.*"), organization=house.north)


def make_field(client: Client, key: str = "motto", kind: str = "text", **parts: Any) -> dict[str, Any]:
    """A field of currencies, searchable unless `parts` say otherwise."""
    body = {"entity": CURRENCY, "key": key, "label": key.capitalize(), "kind": kind, "is_searchable": True, **parts}
    answer = send(client, "post", DEFINITIONS, body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def make_currency(client: Client, code: str = "CHF", **values: Any) -> str:
    answer = send(client, "post", CURRENCIES, {"code": code, **values})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def found(client: Client, text: str) -> list[str]:
    answer = client.get("/api/search/", {"q": text})
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["results"]]


def test_a_searchable_value_is_found_in_searches_and_lists(house: House, alice: Client) -> None:
    build_index(house)
    make_field(alice)
    make_field(alice, "remark", is_searchable=False)
    pk = make_currency(alice, cf_motto="Helvetia prospera", cf_remark="Dukat")
    catch_up()
    assert (found(alice, "prospera"), found(alice, "dukat")) == ([pk], [])
    listed = alice.get(CURRENCIES, {"q": "helvet"}).json()["results"]
    assert [item["id"] for item in listed] == [pk]
    send(alice, "patch", f"{CURRENCIES}{pk}/", {"cf_motto": "Concordia"})
    catch_up()
    assert (found(alice, "prospera"), found(alice, "concordia")) == ([], [pk])


@pytest.mark.committed
def test_an_encrypted_value_is_in_no_table(house: House, alice: Client) -> None:
    refused = send(
        alice,
        "post",
        DEFINITIONS,
        {"entity": CURRENCY, "key": "pin", "label": "P", "kind": "text", "is_searchable": True, "is_encrypted": True},
    )
    assert (refused.status_code, "is_searchable" in complaints(refused)) == (400, True), refused.content
    make_field(alice, "pin", is_searchable=False, is_encrypted=True)
    pk = make_currency(alice, cf_pin=SECRET)
    build_index(house)
    assert documents(house, CURRENCY)[UUID(pk)].tokens == []
    assert found(alice, SECRET) == []
    assert tables_with(SECRET) == []
