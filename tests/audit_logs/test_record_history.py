"""The history of one record over HTTP: what was done to it, to what belongs to it, and to one of its fields."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.audit_logs.calls import ACTIONS, CLERK, SHELVES, add_book, caller, change, history, refusal, shown
from tests.currencies.factories import make_currency
from tests.directory.callers import complaints, send
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book, Shelf

MISSING = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def alice(house: House) -> Client:
    return caller(house, "*", name="Alice")


@pytest.fixture
def book(alice: Client) -> str:
    return str(add_book(alice, notes="plot").json()["id"])


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in shown(answer)]


def values(answer: Any) -> list[tuple[Any, Any]]:
    """Before and after of the one field that each entry shows."""
    return [
        (item["before"], item["after"])
        for row in shown(answer)
        for changed in row["changes"]
        for item in changed["fields"]
    ]


def test_a_history_shows_what_each_action_changed(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2", pages=7)
    rows = shown(alice.get(history(book)))
    assert [row["command"] for row in rows] == ["shelf.book.update", "shelf.book.create"]
    assert rows[0]["id"] == action
    [changed] = rows[0]["changes"]
    assert {item["field"]: (item["before"], item["after"]) for item in changed["fields"]} == {
        "title": ("Dune", "Dune 2"),
        "pages": ("0", "7"),
    }


def test_one_field_has_a_history_of_its_own_from_the_first_value_on(alice: Client, book: str) -> None:
    change(alice, book, title="Dune 2")
    change(alice, book, pages=9)
    change(alice, book, title="Dune 3")
    assert values(alice.get(history(book), {"field": "title"})) == [
        ("Dune 2", "Dune 3"),
        ("Dune", "Dune 2"),
        (None, "Dune"),
    ]
    listed = alice.get(ACTIONS, {"resource_entity": "shelf.book", "resource_id": book, "field": "title"})
    assert ids(listed) == ids(alice.get(history(book), {"field": "title"}))


def test_the_history_of_an_encrypted_field_knows_changes_by_fingerprint(house: House, alice: Client, book: str) -> None:
    with seeding(house.scope()):
        Book.objects.get(pk=book).save()  # seals the same value anew
    change(alice, book, notes="another plot")
    assert values(alice.get(history(book), {"field": "notes"})) == [("plot", "another plot"), (None, "plot")]


@pytest.mark.parametrize("field", ["colour", "version", "tenant_id", "updated_at", "cf_"])
def test_fields_that_the_history_does_not_show_are_refused(alice: Client, book: str, field: str) -> None:
    answer = alice.get(history(book), {"field": field})
    assert (answer.status_code, complaints(answer)) == (400, {"field": "kernel.filter.unknown_field"})


def test_related_adds_what_points_to_the_record(house: House, alice: Client) -> None:
    shelf = send(alice, "post", SHELVES, {"name": "Top"}).json()["id"]
    added = add_book(alice, shelf_id=shelf)
    changed = change(alice, added.json()["id"], title="Dune 2")
    elsewhere = add_book(alice, "B2")["X-Action-Id"]
    alone, wide = (ids(alice.get(history(shelf, "shelf.shelf"), asked)) for asked in ({}, {"related": "true"}))
    assert len(alone) == 1
    assert wide == [changed, added["X-Action-Id"], *alone]
    assert elsewhere not in wide
    asked = {"resource_entity": "shelf.shelf", "resource_id": shelf, "related": "true"}
    assert ids(alice.get(ACTIONS, asked)) == wide


def test_related_knows_references_of_other_modules_and_rows_that_were_deleted(house: House, alice: Client) -> None:
    euro = make_currency(house, "EUR", at=house.root)
    added = add_book(alice, currency_id=str(euro.pk))
    with seeding(house.scope()):
        Book.objects.get(pk=added.json()["id"]).delete()
        shelf = Shelf(name="Top")
        shelf.save(force_insert=True)
    wide = shown(alice.get(history(euro.pk, "currencies.currency"), {"related": "true"}))
    assert added["X-Action-Id"] in [row["id"] for row in wide]
    deletion = next(row for row in wide if any(item["operation"] == "deleted" for item in row["changes"]))
    assert deletion["command"] == "tests.seed.write"


def test_undo_stands_in_the_history_as_well(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    undo = send(alice, "post", f"{ACTIONS}{action}/undo/", {})["X-Action-Id"]
    rows = shown(alice.get(history(book)))
    assert [row["id"] for row in rows][:2] == [undo, action]
    assert [row["is_undone"] for row in rows] == [False, True, False]
    assert ids(alice.get(history(book), {"is_undone": "true"})) == [action]


def test_who_sees_own_actions_only_sees_those(house: House, alice: Client, book: str) -> None:
    bob = caller(house, *CLERK)
    own = change(bob, book, title="Bob's")
    assert ids(bob.get(history(book))) == [own]
    assert refusal(caller(house, "shelf.*").get(history(book))) == (403, "kernel.feature_required")


def test_foreign_missing_and_unknown_records_look_the_same(
    house: House, other_house: House, alice: Client, book: str
) -> None:
    foreign = add_book(caller(other_house, "*")).json()["id"]
    addresses = [
        history(foreign),
        history(MISSING),
        history(book, "nowhere.thing"),
        history(book, "audit_logs.read_access"),
        history(other_house.tenant.pk, "directory.tenant"),
        history(book, "shelf.shelf"),
    ]
    answers = [alice.get(address) for address in addresses]
    answers.append(caller(house, "*", only=(house.north,)).get(history(book)))
    assert {refusal(answer) for answer in answers} == {(404, "kernel.not_found")}
    assert len({answer.content for answer in answers}) == 1


def test_a_record_that_was_deleted_for_good_keeps_its_history(house: House, alice: Client, book: str) -> None:
    with seeding(house.scope()):
        Book.objects.get(pk=book).delete()
    rows = shown(alice.get(history(book)))
    assert [row["command"] for row in rows] == ["tests.seed.write", "shelf.book.create"]
    assert rows[0]["changes"][0]["operation"] == "deleted"


def test_pages_cursors_and_conditions_work_as_in_any_list(alice: Client, book: str) -> None:
    for number in range(4):
        change(alice, book, pages=number + 1)
    first = alice.get(history(book), {"page_size": "2", "cursor": ""})
    second = alice.get(first.json()["next"])
    assert len({*ids(first), *ids(second)}) == 4
    assert all(row["changes"] for row in shown(second))
    assert ids(alice.get(history(book), {"command": "shelf.book.create"})) == ids(alice.get(history(book)))[-1:]
    assert alice.get(history(book), {"colour": "red"}).status_code == 400
    assert alice.get(history(book), {"related": "perhaps"}).status_code == 400
    assert alice.get(history(book), {"format": "csv"}).status_code == 406
    assert send(alice, "post", history(book), {}).status_code == 405


def test_a_page_costs_the_same_however_long_it_is(alice: Client, book: str) -> None:
    for number in range(9):
        change(alice, book, pages=number + 1)

    def queries(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(alice.get(history(book), {"page_size": str(size), "cursor": ""}))) == size
        return len(captured)

    queries(1)  # what is kept from one request to the next
    assert queries(2) == queries(9)
