"""One action over HTTP: its diff in words, what stays hidden, its parts, and whether it may be undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.audit_logs.calls import ACTIONS, AUDITOR, CLERK, SHELVES, add_book, caller, change, refusal
from tests.auth.factories import acting_as, make_user, reading_in
from tests.currencies.factories import make_currency
from tests.directory.callers import send
from tests.support import probes
from tests.support.scopes import House, seeding
from tests.support.shelf.factories import LIBRARIAN, given, make_book, make_reader
from tests.support.shelf.models import Book, Shelf

MISSING = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def alice(house: House) -> Client:
    return caller(house, "*", name="Alice")


def detail(client: Client, action: object) -> dict[str, Any]:
    answer = client.get(f"{ACTIONS}{action}/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def last_seed(house: House) -> object:
    """The action that the last `seeding()` was."""
    with reading_in(house):
        return Action.objects.filter(command="tests.seed.write").order_by("-pk").values_list("pk", flat=True)[0]


def fields(row: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {item["field"]: (item["before"], item["after"]) for item in row["fields"]}


def test_a_diff_names_fields_and_shows_labels_for_references_and_choices(house: House, alice: Client) -> None:
    euro = make_currency(house, "EUR", name="Euro", at=house.root)
    shelf = send(alice, "post", SHELVES, {"name": "Top"}).json()["id"]
    book = add_book(alice, price="1.50").json()["id"]
    action = change(alice, book, kind="atlas", currency_id=str(euro.pk), shelf_id=shelf, price="2.5", is_lent=True)
    [row] = detail(alice, action)["changes"]
    assert (row["entity"], row["kind"], row["id"]) == ("shelf.book", "book", book)
    assert (row["label"], row["operation"]) == ("Dune", "changed")
    assert fields(row) == {
        "kind": ("Novel", "Atlas"),
        "currency_id": (None, "EUR — Euro"),
        "shelf_id": (None, "Top"),
        "price": ("1.5000", "2.5000"),
        "is_lent": ("No", "Yes"),
    }
    assert {item["field"]: item["label"] for item in row["fields"]}["is_lent"] == "Lent"


def test_several_statements_about_one_row_are_one_row_of_the_diff(house: House, alice: Client) -> None:
    with seeding(house.scope()):
        book = Book(title="First", code="S1")
        book.save(force_insert=True)
        book.title = "Last"
        book.save()
        gone = Book(title="Gone", code="S2")
        gone.save(force_insert=True)
        gone.delete()
    action = last_seed(house)
    [row] = detail(alice, action)["changes"]
    assert (row["operation"], fields(row)["title"]) == ("created", (None, "Last"))


@pytest.mark.parametrize(
    ("operation", "before", "after"), [("deleted", None, "deleted_at"), ("restored", "deleted_at", None)]
)
def test_hiding_and_bringing_back_are_told_as_such(
    alice: Client, operation: str, before: str | None, after: str | None
) -> None:
    book = add_book(alice).json()["id"]
    hidden = send(alice, "delete", f"/api/shelf/books/{book}/")["X-Action-Id"]
    back = send(alice, "post", f"{ACTIONS}{hidden}/undo/", {})["X-Action-Id"]
    [row] = detail(alice, hidden if after else back)["changes"]
    assert row["operation"] == operation


def test_encrypted_values_are_shown_to_who_may_see_the_record(house: House, alice: Client) -> None:
    book = add_book(alice, notes="the plot").json()["id"]
    action = change(alice, book, notes="another plot", title="Dune 2")
    [row] = detail(alice, action)["changes"]
    assert fields(row) == {"title": ("Dune", "Dune 2"), "notes": ("the plot", "another plot")}
    [row] = detail(caller(house, *AUDITOR), action)["changes"]
    assert {item["field"]: item["is_hidden"] for item in row["fields"]} == {"title": False, "notes": True}
    assert fields(row)["notes"] == (None, None)


def test_sealing_a_value_again_is_no_change(house: House, alice: Client) -> None:
    book = make_book(house, notes="the plot")
    with seeding(house.scope()):
        found = Book.objects.get(pk=book.pk)
        found.title = "Dune 2"
        found.save()
    action = last_seed(house)
    for reader in (alice, caller(house, *AUDITOR)):
        [row] = detail(reader, action)["changes"]
        assert fields(row) == {"title": ("Dune", "Dune 2")}


def test_a_value_that_cannot_be_opened_any_more_is_hidden(house: House, alice: Client) -> None:
    book = make_book(house, notes="the plot")
    spoil = "UPDATE shelf_book SET notes = overlay(notes placing 'x'::bytea from 60) WHERE id = %s"
    with seeding(house.scope()), connection.cursor() as cursor:
        cursor.execute(spoil, [book.pk])
    with seeding(house.scope()):
        book.notes = "another plot"
        book.save()
    shown = detail(alice, last_seed(house))["changes"][0]["fields"]
    assert [(item["field"], item["after"], item["is_hidden"]) for item in shown] == [("notes", None, True)]


def test_the_e_mail_address_of_a_user_and_digests_of_it(house: House, alice: Client) -> None:
    make_user(house, name="Dora", email="dora@example.org")
    action = last_seed(house)
    row = next(item for item in detail(alice, action)["changes"] if item["entity"] == "auth.user")
    assert fields(row)["email"] == (None, "dora@example.org")
    assert "email_digest" not in fields(row)
    assert "email_index" not in fields(row)
    seen = detail(caller(house, *AUDITOR), action)
    assert "dora@example.org" not in str(seen)


def test_secrets_are_shown_to_nobody() -> None:
    from apps.kernel.commands.history.fields import FieldDiffs
    from apps.kernel.commands.history.images import Image
    from apps.kernel.commands.history.labels import RecordLabels
    from apps.kernel.ids import uuid7

    before = {"api_token": "old", "custom": {"door_pin": "1", "colour": "red", "pin": "12"}}
    after = {"api_token": "new", "custom": {"door_pin": "1", "colour": "blue", "pin": "34"}}
    image = Image(uuid7(), 1, "nowhere", uuid7(), "U", before, after)
    shown = list(FieldDiffs(None, RecordLabels(), reveals=True).changed(image))
    assert [(item.name, item.is_hidden) for item in shown] == [
        ("api_token", True),
        ("cf_colour", False),
        ("cf_pin", True),
    ]
    assert [(item.old, item.new) for item in shown if not item.is_hidden] == [("red", "blue")]


def test_every_kind_with_private_values_has_a_feature_that_opens_them() -> None:
    from django.apps import apps

    from apps.kernel.commands.history.privacy import view_feature_of
    from apps.kernel.crypto.fields import encrypted_fields

    private = [model for model in apps.get_models() if encrypted_fields(model) and getattr(model, "audited", False)]
    assert User in private
    assert [model._meta.label for model in private if not view_feature_of(model)] == []


def test_large_actions_are_cut_and_counted(house: House, alice: Client) -> None:
    with using_scope(house.scope()):
        probes.fill([f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}Q" for n in range(130)])
    with reading_in(house):
        action = Action.objects.get(command="tests.currency.fill")
    shown = detail(alice, action.pk)
    assert (len(shown["changes"]), shown["more_changes"]) == (25, 105)


def test_an_action_tells_what_ran_inside_it(house: House, alice: Client) -> None:
    made = send(alice, "post", "/api/directory/organizations/", {"name": "West", "parent_id": str(house.root.pk)})
    shown = detail(alice, made["X-Action-Id"])
    assert shown["input"]["name"] == "West"
    assert {row["parent_id"] for row in shown["children"]} == {shown["id"]}
    assert "currency" in {row["kind"] for row in shown["changes"]}
    part = detail(alice, shown["children"][0]["id"])
    assert part["undo"]["reason"]["code"] == "part"


def test_an_action_says_whether_it_may_be_undone_and_why_not(house: House, alice: Client) -> None:
    bob = caller(house, *CLERK)
    made = add_book(bob)
    action, book = made["X-Action-Id"], made.json()["id"]
    assert detail(bob, action)["undo"] == {
        "is_undone": False,
        "undone_by": None,
        "is_undoable": True,
        "reason": None,
        "is_redoable": False,
    }
    auditor = detail(caller(house, "audit_logs.view_tenant", "audit_logs.undo_self"), action)["undo"]
    assert (auditor["is_undoable"], auditor["reason"]["feature"]) == (False, "audit_logs.undo_tenant")
    unfit = detail(caller(house, "audit_logs.undo_tenant"), action)["undo"]
    assert (unfit["reason"]["code"], unfit["reason"]["feature"]) == ("permission", "shelf.books.manage")
    changed = change(alice, book, title="Dune 2")
    undone = send(alice, "post", f"{ACTIONS}{changed}/undo/", {}).json()
    state = detail(alice, changed)["undo"]
    assert (state["is_undone"], state["is_undoable"], state["is_redoable"]) == (True, False, True)
    assert state["undone_by"]["id"] == undone["id"]
    assert state["reason"]["code"] == "undone"


def test_what_was_declared_final_says_so(house: House, alice: Client) -> None:
    list(alice.get("/api/shelf/books/", {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]
    with reading_in(house):
        action = Action.objects.get(command="kernel.list.export")
    reason = detail(alice, action.pk)["undo"]["reason"]
    assert (reason["code"], reason["message"]) == (
        "declared",
        "This change cannot be undone: what has been handed out cannot be taken back.",
    )


def test_foreign_missing_and_invisible_actions_look_the_same(house: House, other_house: House, alice: Client) -> None:
    foreign = add_book(caller(other_house, "*"))["X-Action-Id"]
    hers = add_book(alice)["X-Action-Id"]
    bob = caller(house, *CLERK)
    answers = [
        send(bob, method, f"{ACTIONS}{action}/{path}", body)
        for action in (foreign, hers, MISSING)
        for method, path, body in (
            ("get", "", None),
            ("get", "undo_plan/", None),
            ("post", "undo/", {}),
            ("post", "redo/", {}),
        )
    ]
    assert {refusal(answer) for answer in answers} == {(404, "kernel.not_found")}
    assert len({answer.content for answer in answers}) == 1
    assert bob.get(f"{ACTIONS}nonsense/").status_code == 404


def test_the_number_of_queries_depends_on_kinds_of_record_only(house: House, alice: Client) -> None:
    def queries(count: int, code: str) -> int:
        with seeding(house.scope()):
            books = [Book(title=f"T{n}", code=f"{code}{n}", organization_id=house.root.pk) for n in range(count)]
            Book.objects.bulk_create(books)
        action = last_seed(house)
        with CaptureQueriesContext(connection) as captured:
            assert len(detail(alice, action)["changes"]) == count
        return len(captured)

    queries(1, "A")  # what is kept from one request to the next
    assert queries(2, "B") == queries(20, "C")


def test_the_list_costs_the_same_for_any_page(house: House, alice: Client) -> None:
    for number in range(6):
        change(alice, add_book(alice, f"Q{number}").json()["id"], title="Changed")

    def queries(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(alice.get(ACTIONS, {"page_size": size}).json()["results"]) == size
        return len(captured)

    queries(1)  # what is kept from one request to the next
    assert queries(2) == queries(9)


@pytest.fixture
def secret(house: House) -> Book:
    """A book that its owner alone sees, changed once and back."""
    from apps.auth.services.object_grants import grant_access
    from apps.kernel.commands.outcome import collecting_actions
    from apps.kernel.commands.undo.engine import undo
    from tests.support.shelf.services import update_book

    owner, book = make_reader(house, "Olga"), make_book(house, "Secret")
    with acting_as(house, owner), collecting_actions() as done:
        grant_access(**given(book, user_id=owner.pk, level="change", restrict=True))
        update_book(book.pk, title="Secret 2")
        undo(done[-1])
    return book


def test_who_does_not_see_a_record_sees_nothing_of_what_happened_to_it(house: House, secret: Book) -> None:
    bob = caller(house, *LIBRARIAN)
    with using_scope(house.scope()), scoped_transaction():
        about = list(Action.objects.exclude(command__startswith="tests.").values_list("pk", flat=True))
    assert len(about) >= 3
    rows = bob.get(ACTIONS, {"page_size": 100}).json()["results"]
    assert not {row["id"] for row in rows} & set(map(str, about))
    assert "Secret" not in str(rows)
    assert {bob.get(f"{ACTIONS}{action}/").status_code for action in about} == {404}
    assert bob.get(f"/api/audit_logs/records/shelf.book/{secret.pk}/history/").status_code == 404


def test_a_change_of_many_shows_the_rows_that_the_reader_sees(house: House, secret: Book) -> None:
    bob = caller(house, *LIBRARIAN)
    other = make_book(house, "Open")
    with seeding(house.scope()):
        Book.objects.filter(pk__in=[secret.pk, other.pk]).update(pages=7)
    action = last_seed(house)
    shown = detail(bob, action)
    assert ([row["id"] for row in shown["changes"]], shown["more_changes"]) == ([str(other.pk)], 0)


def test_shelves_tell_what_became_of_their_books(house: House, alice: Client) -> None:
    """Rows of tables without a page of their own still have a kind and a label."""
    with seeding(house.scope()):
        Shelf(name="Top").save(force_insert=True)
    action = last_seed(house)
    [row] = detail(alice, action)["changes"]
    assert (row["kind"], row["label"]) == ("shelf", "Top")
