"""What the history adds elsewhere: who changed a record last, reasons of callers, colleagues' changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.api.schema.document import document
from apps.kernel.commands.history.latest import last_changes
from tests.audit_logs.calls import ACTIONS, AUDITOR, BOOKS, SHELVES, add_book, caller, change, shown
from tests.auth.factories import reading_in
from tests.backoffice.currencies import text_of
from tests.directory.callers import complaints, send
from tests.kernel.books import make_books
from tests.support.scopes import House

REASON = "X-Change-Reason"
PAGE = "/backend/shelf/book/"


@pytest.fixture
def alice(house: House) -> Client:
    """Somebody who may do and see everything."""
    return caller(house, "*", name="Alice")


@pytest.fixture
def bob(house: House) -> Client:
    """Somebody who keeps books and sees what they did themselves."""
    return caller(house, "shelf.*", "audit_logs.view_self", "audit_logs.undo_self", name="Bob")


def newest(client: Client) -> dict[str, Any]:
    row: dict[str, Any] = shown(client.get(ACTIONS))[0]
    return row


def test_records_say_who_changed_them_last(alice: Client, bob: Client) -> None:
    book = add_book(bob).json()
    change(alice, add_book(bob, "B2").json()["id"], title="Emma")
    by_title = {row["title"]: row["_audit_logs"] for row in alice.get(BOOKS).json()["results"]}
    assert {title: entry["changed_by"] for title, entry in by_title.items()} == {"Dune": "Bob", "Emma": "Alice"}
    one = alice.get(f"{BOOKS}{book['id']}/").json()
    assert one["_audit_logs"] == by_title["Dune"]
    made = shown(alice.get(ACTIONS, {"command": "shelf.book.create"}))[-1]
    assert one["_audit_logs"]["changed_at"] == made["created_at"]


def test_an_answer_to_a_write_says_it_too(alice: Client, bob: Client) -> None:
    book = add_book(bob).json()
    assert "_audit_logs" not in book
    answer = send(alice, "patch", f"{BOOKS}{book['id']}/", {"title": "Emma"})
    assert answer.json()["_audit_logs"]["changed_by"] == "Alice"


def test_taking_back_is_a_change(alice: Client, bob: Client) -> None:
    book = add_book(alice).json()["id"]
    action = change(bob, book, title="Emma")
    assert alice.get(f"{BOOKS}{book}/").json()["_audit_logs"]["changed_by"] == "Bob"
    assert send(alice, "post", f"{ACTIONS}{action}/undo/", {}).status_code == 200
    assert alice.get(f"{BOOKS}{book}/").json()["_audit_logs"]["changed_by"] == "Alice"


def test_only_who_sees_everybody_s_changes_is_told(house: House, bob: Client) -> None:
    book = add_book(bob).json()["id"]
    assert "_audit_logs" not in bob.get(f"{BOOKS}{book}/").json()
    auditor = caller(house, "shelf.books.view", *AUDITOR, name="Carol")
    assert auditor.get(f"{BOOKS}{book}/").json()["_audit_logs"]["changed_by"] == "Bob"


def test_who_is_bound_to_some_organizations_is_told_of_changes_there(house: House) -> None:
    local = caller(house, "shelf.*", *AUDITOR, name="Dora", only=(house.north,))
    book = add_book(local).json()["id"]
    bound = caller(house, "shelf.*", *AUDITOR, name="Carol", only=(house.north,))
    assert bound.get(f"{BOOKS}{book}/").json()["_audit_logs"]["changed_by"] == "Dora"


def test_an_action_across_organizations_hides_who_did_it(house: House, alice: Client) -> None:
    [north] = make_books(house, {}, organization=house.north)
    [south] = make_books(house, {"code": "S1"}, organization=house.south)
    order = {"action": "update", "ids": [str(north.pk), str(south.pk)], "changes": {"pages": 7}}
    assert send(alice, "post", f"{BOOKS}bulk/", order).status_code == 200
    assert alice.get(f"{BOOKS}{north.pk}/").json()["_audit_logs"]["changed_by"] == "Alice"
    bound = caller(house, "shelf.*", *AUDITOR, name="Carol", only=(house.north,))
    record = bound.get(f"{BOOKS}{north.pk}/").json()
    assert (record["pages"], record["_audit_logs"]) == (7, {})


def test_many_changes_of_many_records_are_one_query(house: House, alice: Client) -> None:
    books = make_books(house, *({} for _ in range(20)))
    change(alice, str(books[3].pk), title="Emma")
    with reading_in(house), CaptureQueriesContext(connection) as queries:
        found = last_changes([book.pk for book in books])
    assert (len(found), len(queries)) == (20, 1)


def test_no_change_is_told_of_another_tenants_record(house: House, other_house: House) -> None:
    [foreign] = make_books(other_house, {})
    with reading_in(house):
        assert last_changes([foreign.pk]) == {}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("New price list", "New price list"),
        ("Gr%C3%BC%C3%9Fe aus %C5%81%C3%B3d%C5%BA", "Grüße aus Łódź"),
        ("100% sure, 20%ff more, %00", "100% sure, 20%ff more, %00"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_caller_s_reason_is_kept_with_every_kind_of_write(alice: Client, given: str, reason: str) -> None:
    sent = {REASON: given}
    made = send(alice, "post", BOOKS, {"title": "Dune", "code": "B1"}, **sent)
    address, kept = f"{BOOKS}{made.json()['id']}/", [newest(alice)["reason"]]
    for method, path, body in (
        ("patch", address, {"pages": 2}),
        ("post", f"{BOOKS}bulk/", {"action": "update", "ids": [made.json()["id"]], "changes": {"pages": 3}}),
        ("delete", address, None),
    ):
        assert send(alice, method, path, body, **sent).status_code < 300
        kept.append(newest(alice)["reason"])
    assert kept == [reason] * 4


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\tb", "Grüße"])
def test_a_reason_that_cannot_be_kept_is_refused_before_anything_is_written(alice: Client, reason: str) -> None:
    answer = send(alice, "post", SHELVES, {"name": "Oak"}, **{REASON: reason})
    assert (answer.status_code, complaints(answer)) == (400, {REASON: "audit_logs.reason.invalid"})
    assert alice.get(SHELVES).json()["count"] == 0
    assert alice.get(SHELVES, headers={REASON: reason}).status_code == 200


def test_the_description_of_the_interface_names_the_header() -> None:
    operations = document("en")["paths"][BOOKS]
    named = {method: [item["name"] for item in operations[method]["parameters"]] for method in ("get", "post")}
    assert (REASON in named["get"], REASON in named["post"]) == (False, True)


def test_the_record_s_page_says_who_changed_it_last(house: House, alice: Client, bob: Client) -> None:
    book = add_book(bob).json()["id"]
    assert "Last changed by Bob" in text_of(alice.get(f"{PAGE}{book}/change/").content)
    assert "Last changed by" not in text_of(bob.get(f"{PAGE}{book}/change/").content)
    assert "Last changed by" not in text_of(alice.get(f"{PAGE}add/").content)


def test_the_start_page_shows_what_others_changed(alice: Client, bob: Client) -> None:
    title = "What others changed lately"
    add_book(alice, title="Mine")
    assert "Mine" in text_of(alice.get("/backend/").content)
    add_book(bob, "B2", title="Theirs")
    words = text_of(alice.get("/backend/").content)
    assert (title in words, "Theirs" in words.partition(title)[2], "Mine" in words.partition(title)[2]) == (
        True,
        True,
        False,
    )
    assert title not in text_of(bob.get("/backend/").content)
