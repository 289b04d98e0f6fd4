"""The list of actions over HTTP: who sees which, and what it can be asked for."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from apps.kernel.commands.models import Action
from tests.audit_logs.calls import ACTIONS, CLERK, add_book, caller, change, commands, refusal, shown, staff
from tests.auth.factories import reading_in
from tests.directory.callers import client_of, complaints, send
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book

MISSING = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def alice(house: House) -> Client:
    """Somebody who may do and see everything."""
    return caller(house, "*", name="Alice")


@pytest.fixture
def bob(house: House) -> Client:
    """Somebody who sees what they did themselves."""
    return caller(house, *CLERK)


def client_all(client: Client) -> Any:
    """The list, seeing every organization that the caller may see."""
    return client.get(ACTIONS, headers={"X-Organization-Id": "all"})


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in shown(answer)]


def test_the_list_shows_everybody_s_actions_newest_first(alice: Client, bob: Client) -> None:
    book = add_book(bob).json()["id"]
    changed = change(alice, book, title="Dune 2")
    rows = shown(alice.get(ACTIONS, {"command__startswith": "shelf."}))
    assert [(row["actor_label"], row["command"]) for row in rows] == [
        ("Alice", "shelf.book.update"),
        ("Bob", "shelf.book.create"),
    ]
    assert rows[0] == {
        "id": changed,
        "created_at": rows[0]["created_at"],
        "command": "shelf.book.update",
        "title": "Changed",
        "actor_kind": "staff",
        "actor_id": rows[0]["actor_id"],
        "actor_label": "Alice",
        "on_behalf_of": None,
        "source": "api",
        "reason": "",
        "correlation_id": rows[0]["correlation_id"],
        "parent_id": None,
        "organization_id": rows[0]["organization_id"],
        "resource_entity": "shelf.book",
        "resource_id": book,
        "resource_label": "Dune 2",
        "is_undone": False,
    }


def test_with_the_narrower_right_only_own_actions_are_there(alice: Client, bob: Client) -> None:
    book = add_book(alice).json()["id"]
    own = change(bob, book, title="Mine")
    assert ids(bob.get(ACTIONS)) == [own]


def test_without_a_right_there_is_no_history(house: House) -> None:
    nobody = caller(house, "shelf.*")
    assert refusal(nobody.get(ACTIONS)) == (403, "kernel.feature_required")
    assert nobody.get(ACTIONS).json()["feature"] == "audit_logs.view_self"
    assert Client().get(ACTIONS).status_code == 401


def test_another_tenant_s_actions_are_not_there(other_house: House, alice: Client) -> None:
    charlie = caller(other_house, "*", name="Charlie")
    add_book(charlie)
    assert "shelf.book.create" not in commands(alice.get(ACTIONS))


def test_actions_of_organizations_that_are_not_seen_are_not_there(house: House, alice: Client) -> None:
    north = caller(house, "*", name="Nora", only=(house.north,))
    add_book(alice, "ROOT")
    mine = add_book(north, "NORTH")["X-Action-Id"]
    assert ids(north.get(ACTIONS, {"command": "shelf.book.create"})) == [mine]
    assert len(ids(alice.get(ACTIONS, {"command": "shelf.book.create"}))) == 2


def test_an_action_in_several_organizations_is_seen_by_who_sees_all_of_them(house: House, alice: Client) -> None:
    with seeding(house.scope(house.north, house.south)):
        for number, place in enumerate((house.north, house.south)):
            Book(title="Twin", code=f"T{number}", organization_id=place.pk).save(force_insert=True)
    with reading_in(house):
        [both] = Action.objects.filter(organizations__contains=[house.north.pk, house.south.pk])
    north = caller(house, "audit_logs.view_tenant", only=(house.north,))
    pair = caller(house, "audit_logs.view_tenant", only=(house.north, house.south))
    assert str(both.pk) not in ids(north.get(ACTIONS))
    assert north.get(f"{ACTIONS}{both.pk}/").status_code == 404
    assert str(both.pk) in ids(client_all(pair))
    assert str(both.pk) in ids(alice.get(ACTIONS))
    in_north = {"X-Organization-Id": str(house.north.pk)}
    assert str(both.pk) not in ids(alice.get(ACTIONS, headers=in_north))
    assert alice.get(f"{ACTIONS}{both.pk}/", headers=in_north).status_code == 404


def test_parts_of_an_action_are_listed_below_it_only(house: House, alice: Client) -> None:
    made = send(alice, "post", "/api/directory/organizations/", {"name": "West", "parent_id": str(house.root.pk)})
    action = made["X-Action-Id"]
    parts = shown(alice.get(ACTIONS, {"parent": action}))
    assert parts
    assert {row["parent_id"] for row in parts} == {action}
    assert not {row["id"] for row in parts} & set(ids(alice.get(ACTIONS, {"page_size": 100})))
    assert ids(caller(house, *CLERK).get(ACTIONS, {"parent": action})) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"command": "shelf.book.create"}, 1),
        ({"command__startswith": "shelf.book."}, 2),
        ({"command__startswith": "shelf.b%"}, 0),
        ({"source": "api", "command__startswith": "shelf."}, 2),
        ({"source": "portal"}, 0),
        ({"actor_kind": "staff"}, 2),
        ({"actor_kind": "customer"}, 0),
        ({"resource_entity": "shelf.book"}, 2),
        ({"resource_entity": "shelf.shelf"}, 0),
        ({"resource_entity": "shelf.book", "field": "title"}, 1),
        ({"resource_entity": "shelf.book", "field": "pages"}, 0),
        ({"created_at__gte": "2020-01-01T00:00:00Z", "command__startswith": "shelf."}, 2),
        ({"created_at__lte": "2020-01-01T00:00:00Z"}, 0),
        ({"is_undone": "false", "command__startswith": "shelf."}, 2),
        ({"is_undone": "true"}, 0),
        ({"actor_id": MISSING}, 0),
        ({"resource_id": MISSING}, 0),
        ({"correlation_id": MISSING}, 0),
        ({"parent": MISSING}, 0),
    ],
)
def test_what_the_list_can_be_asked_for(alice: Client, asked: dict[str, str], found: int) -> None:
    change(alice, add_book(alice).json()["id"], title="Dune 2")
    assert len(shown(alice.get(ACTIONS, asked))) == found


def test_filters_name_actor_record_and_request(house: House) -> None:
    user = staff(house, "*", name="Alice")
    alice = client_of(user)
    first, second = add_book(alice), add_book(alice, "B2")
    book, action = first.json()["id"], first["X-Action-Id"]
    assert set(ids(alice.get(ACTIONS, {"actor_id": str(user.pk)}))) == {action, second["X-Action-Id"]}
    assert ids(alice.get(ACTIONS, {"resource_entity": "shelf.book", "resource_id": book})) == [action]
    request_id = shown(alice.get(ACTIONS, {"ids": action}))[0]["correlation_id"]
    assert ids(alice.get(ACTIONS, {"correlation_id": request_id})) == [action]


def test_what_was_undone_can_be_asked_for(alice: Client) -> None:
    book = add_book(alice).json()["id"]
    changed = change(alice, book, title="Dune 2")
    undo = send(alice, "post", f"{ACTIONS}{changed}/undo/", {})["X-Action-Id"]
    assert ids(alice.get(ACTIONS, {"is_undone": "true"})) == [changed]
    send(alice, "post", f"{ACTIONS}{changed}/redo/", {})
    assert ids(alice.get(ACTIONS, {"is_undone": "true"})) == [undo]
    assert changed in ids(alice.get(ACTIONS, {"is_undone": "false"}))


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"field": "title"}, {"field": "kernel.filter.needs_resource_entity"}),
        ({"field": "title", "resource_entity": "nowhere.thing"}, {"field": "kernel.filter.needs_resource_entity"}),
        ({"field": "colour", "resource_entity": "shelf.book"}, {"field": "kernel.filter.unknown_field"}),
        ({"field": "version", "resource_entity": "shelf.book"}, {"field": "kernel.filter.unknown_field"}),
        ({"related": "true"}, {"related": "kernel.filter.needs_resource_id"}),
        ({"related": "true", "resource_id": MISSING}, {"related": "kernel.filter.needs_resource_entity"}),
        ({"actor_id": "nonsense"}, {"actor_id": "kernel.filter.invalid"}),
        ({"is_undone": "yes"}, {"is_undone": "kernel.filter.invalid_choice"}),
        ({"created_at__gte": "yesterday"}, {"created_at__gte": "kernel.filter.invalid"}),
        ({"colour": "red"}, {"colour": "kernel.parameter.unknown"}),
        ({"ordering": "actor_label"}, {"ordering": "kernel.ordering.unknown"}),
        ({"page_size": "101"}, {"page_size": "kernel.page.invalid"}),
    ],
)
def test_what_cannot_be_asked_is_refused(alice: Client, asked: dict[str, str], complaint: dict[str, str]) -> None:
    answer = alice.get(ACTIONS, asked)
    assert (answer.status_code, complaints(answer)) == (400, complaint)


def test_cursors_walk_the_whole_list_once(alice: Client) -> None:
    for number in range(5):
        add_book(alice, f"C{number}")
    found: list[str] = []
    address: str | None = f"{ACTIONS}?cursor=&page_size=2&command=shelf.book.create"
    while address:
        page = alice.get(address)
        found += [row["resource_label"] + row["id"] for row in shown(page)]
        address = page.json()["next"]
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_list_can_be_had_as_a_file(alice: Client, form: str) -> None:
    action = add_book(alice, title="=1+1")["X-Action-Id"]
    answer = alice.get(ACTIONS, {"format": form, "command": "shelf.book.create"})
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body))) if form == "csv" else json.loads(body)
    assert [row["id"] for row in rows] == [action]
    assert rows[0]["resource_label"] == ("'=1+1" if form == "csv" else "=1+1")
    assert commands(alice.get(ACTIONS))[0] == "kernel.list.export"


def test_nothing_can_be_written_here(alice: Client) -> None:
    action = add_book(alice)["X-Action-Id"]
    assert send(alice, "post", ACTIONS, {}).status_code == 405
    for method in ("patch", "put", "delete"):
        assert send(alice, method, f"{ACTIONS}{action}/", {}).status_code == 405
    assert send(alice, "post", f"{ACTIONS}bulk/", {"action": "delete"}).status_code in {404, 405}
