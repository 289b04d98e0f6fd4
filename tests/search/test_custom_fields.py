"""Custom fields that tenants have declared searchable: found over HTTP, and documents follow their definitions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.search.models import SearchIndex
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, CURRENCY, DEFINITIONS
from tests.kernel.events_probes import everywhere
from tests.search.factories import build_index, catch_up, documents, drift_of
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


def definition(client: Client, made: dict[str, Any], method: str, place: str = "", body: Any = None) -> None:
    answer = send(client, method, f"{DEFINITIONS}{made['id']}/{place}", body)
    assert answer.status_code < 300, answer.content
    catch_up()


def test_documents_follow_the_definitions(house: House, alice: Client) -> None:
    build_index(house)
    made = make_field(alice, is_searchable=False)
    pk = make_currency(alice, cf_motto="Prospera 2024")
    catch_up()
    assert found(alice, "prospera") == []
    definition(alice, made, "patch", body={"is_searchable": True})
    assert found(alice, "prospera") == [pk]
    definition(alice, made, "patch", body={"is_searchable": False})
    assert found(alice, "prospera") == []
    definition(alice, made, "patch", body={"is_searchable": True})
    definition(alice, made, "delete")
    assert found(alice, "prospera") == []
    definition(alice, made, "post", "restore/", {})
    assert found(alice, "prospera") == [pk]
    assert drift_of(house, CURRENCY).total == 0


def test_a_definition_that_is_undone_takes_its_values_out(house: House, alice: Client) -> None:
    build_index(house)
    made = make_field(alice, is_searchable=False)
    pk = make_currency(alice, cf_motto="Prospera")
    changed = send(alice, "patch", f"{DEFINITIONS}{made['id']}/", {"is_searchable": True})
    catch_up()
    assert found(alice, "prospera") == [pk]
    boss = client_of(member(house, "*", name="Boss"), organization=house.north)
    undone = send(boss, "post", f"/api/audit_logs/actions/{changed['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    catch_up()
    assert found(alice, "prospera") == []


def test_another_kind_of_field_has_the_documents_made_anew(house: House, alice: Client) -> None:
    made = make_field(alice, kind="text")
    pk = make_currency(alice, cf_motto="2024")
    build_index(house)
    before = index_of(house)
    definition(alice, made, "patch", body={"kind": "multiline"})
    assert (found(alice, "2024"), index_of(house) != before) == ([pk], True)
    assert drift_of(house, CURRENCY).total == 0


def test_a_field_of_one_organization_is_found_there(house: House, alice: Client) -> None:
    build_index(house)
    made = make_field(alice, is_searchable=False)
    south = client_of(member(house, "search.*", "currencies.*", name="South"), organization=house.south)
    here, there = make_currency(alice, cf_motto="Prospera"), make_currency(south, cf_motto="Prospera")
    own = {name: made[name] for name in ("entity", "key", "label", "kind")}
    answer = send(
        alice, "post", DEFINITIONS, {**own, "for_organization_id": str(house.north.pk), "is_searchable": True}
    )
    assert answer.status_code == 201, answer.content
    catch_up()
    assert (found(alice, "prospera"), found(south, "prospera"), here != there) == ([here], [], True)


def test_what_changes_no_text_rebuilds_nothing(house: House, alice: Client) -> None:
    made = make_field(alice)
    build_index(house)
    before = index_of(house)
    definition(alice, made, "patch", body={"label": "Other", "order": 90})
    make_field(alice, "remark", is_searchable=False)
    catch_up()
    assert index_of(house) == before
    definition(alice, made, "patch", body={"is_searchable": False})
    assert index_of(house) != before


def index_of(house: House) -> tuple[Any, str]:
    with everywhere(house.scope()):
        index = SearchIndex.objects.get(entity=CURRENCY)
    return index.built_at, index.custom_fields
