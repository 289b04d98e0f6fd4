"""Changing many records: fields, preview, one action with one undo; what is refused is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.auth.models import UserRole
from apps.kernel.admin import many
from apps.kernel.commands.models import Action
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.auth.factories import reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import text_of
from tests.backoffice.lists import BOOKS, books_now, select, selection_of
from tests.directory.callers import client_of, member
from tests.entities.test_records import CARS, make_car, make_field, make_type
from tests.kernel.books import make_books
from tests.support.digests import digest
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book

BULK = f"{BOOKS}bulk/"
MANAGE = ("shelf.books.view", "shelf.books.manage")


def ask(client: Client, page: Any, step: str, **values: Any) -> Any:
    """Post the form of a page."""
    changes = [name for name in values if name not in {"selection", "change"}]
    return client.post(BULK, {"selection": selection_of(page), "change": changes, "step": step, **values})


def actions(house: House) -> list[str]:
    with reading_in(house):
        rows = Action.objects.filter(parent_id=None).exclude(command__startswith="tests.")
        return list(rows.order_by("pk").values_list("command", flat=True))


def state(house: House) -> dict[str, str]:
    with reading_in(house):
        return digest("shelf_book", "action", "outbox")


def test_the_first_page_offers_what_the_command_takes_and_no_single_values(house: House, alice: Client) -> None:
    [book] = make_books(house, {})
    page = select(alice, "edit_selected", [book])
    assert [item.name for item, _ in page.context["fields"]] == [
        "title", "kind", "pages", "price", "currency_id", "is_lent", "tags", "notes",
    ]  # fmt: skip
    assert "Change 1 book" in text_of(page.content)


def test_the_preview_shows_before_and_after_and_changes_nothing(house: House, alice: Client) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 9}, {"pages": 3})
    before = state(house)
    page = ask(alice, select(alice, "edit_selected", books), "preview", pages="9")
    preview = page.context["preview"]
    assert (len(preview.changed), len(preview.unchanged), preview.refused) == (2, 1, [])
    shown = {name: [(item.label, item.old, item.new) for item in row.fields] for name, row in preview.diffs}
    assert shown == {"Book 0": [("Pages", "1", "9")], "Book 2": [("Pages", "3", "9")]}
    assert state(house) == before
    assert actions(house) == []


def test_applying_is_one_action_that_one_undo_takes_back(house: House, alice: Client) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 9}, {"pages": 3})
    before = {code: (row.pages, row.kind) for code, row in books_now(house).items()}
    preview = ask(alice, select(alice, "edit_selected", books), "preview", pages="9", kind="atlas")
    done = alice.post(
        BULK,
        {
            "selection": selection_of(preview),
            "change": ["pages", "kind"],
            "pages": "9",
            "kind": "atlas",
            "step": "apply",
        },
        follow=True,
    )
    assert "Done for 3 records." in text_of(done.content)
    assert {(row.pages, row.kind) for row in books_now(house).values()} == {(9, "atlas")}
    assert actions(house) == ["kernel.record.bulk"]
    with reading_in(house):
        [whole] = Action.objects.filter(parent_id=None, command="kernel.record.bulk")
        assert (whole.source, whole.resource_entity) == ("admin", "shelf.book")
    assert f'name="action" value="{whole.pk}"' in done.content.decode()
    alice.post("/backend/undo/", {"action": str(whole.pk), "next": BOOKS})
    assert {code: (row.pages, row.kind) for code, row in books_now(house).items()} == before


def test_what_stays_as_it_is_is_not_touched_by_the_change(house: House, alice: Client) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 9})
    preview = ask(alice, select(alice, "edit_selected", books), "preview", pages="9")
    ask(alice, preview, "apply", pages="9")
    assert {row.version for row in books_now(house).values() if row.pk == books[1].pk} == {1}


def test_a_row_that_was_changed_meanwhile_is_reported_and_not_overwritten(house: House, alice: Client) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 2})
    page = select(alice, "edit_selected", books)
    other = {"title": "Theirs", "code": "B0", "kind": "novel", "pages": 5, "expected_version": 1}
    assert alice.post(f"{BOOKS}{books[0].pk}/change/", other).status_code == 302
    preview = ask(alice, page, "preview", pages="9").context["preview"]
    [(name, reason)] = preview.refused
    assert (name, "changed meanwhile" in reason, len(preview.changed)) == ("Theirs", True, 1)
    done = ask(alice, page, "apply", pages="9")
    assert done.status_code == 302
    assert {code: row.pages for code, row in books_now(house).items()} == {"B0": 5, "B1": 9}
    assert "Theirs: The record was changed meanwhile" in text_of(alice.get(BOOKS).content)


def test_wrong_values_are_all_told_at_once_and_change_nothing(house: House, alice: Client) -> None:
    books = make_books(house, {}, {})
    page = ask(alice, select(alice, "edit_selected", books), "preview", pages="many", kind="poem", price="x")
    assert page.status_code == 400
    wrong = {item.name for item, _ in page.context["fields"] if item.errors}
    assert wrong == {"pages", "kind", "price"}
    assert 'value="many"' in page.content.decode()


def test_what_the_command_refuses_stands_in_the_preview(house: House, alice: Client) -> None:
    books = make_books(house, {}, {})
    preview = ask(alice, select(alice, "edit_selected", books), "preview", currency_id=str(uuid4())).context["preview"]
    assert (preview.changed, len(preview.refused)) == ([], 2)
    assert "There is no such record" in preview.refused[0][1]


@pytest.mark.parametrize("names", [[], ["code"], ["id", "version", "tenant_id"], ["nonsense"]])
def test_without_a_field_that_may_be_changed_nothing_is_tried(house: House, alice: Client, names: list[str]) -> None:
    books = make_books(house, {})
    page = select(alice, "edit_selected", books)
    body = {"selection": selection_of(page), "change": names, "code": "X", "step": "apply"}
    answer = alice.post(BULK, body)
    assert (answer.status_code, "Tick at least one field." in text_of(answer.content)) == (400, True)
    assert actions(house) == []


def test_foreign_and_missing_records_are_refused_in_the_same_words(
    house: House, other_house: House, alice: Client
) -> None:
    [mine], [foreign] = make_books(house, {"pages": 1}), make_books(other_house, {"pages": 1})
    text = f"{mine.pk.hex}.1 {foreign.pk.hex}.1 {uuid4().hex}.1"
    page = alice.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "preview"})
    assert {reason for _, reason in page.context["preview"].refused} == {"There is no such record."}
    alice.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "apply"})
    assert [row.pages for row in books_now(other_house).values()] == [1]


@pytest.mark.parametrize("text", ["", "nonsense", "1 2", f"{UUID(int=5).hex}.x"])
def test_a_mangled_selection_is_not_found(house: House, alice: Client, text: str) -> None:
    answer = alice.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "apply"})
    assert answer.status_code == 404


def test_who_may_not_change_is_offered_nothing_and_refused(house: House, log_in: LogIn) -> None:
    bob, books = log_in("shelf.books.view"), make_books(house, {})
    assert "edit_selected" not in bob.get(BOOKS).content.decode()
    text = f"{books[0].pk.hex}.1"
    assert bob.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "apply"}).status_code == 403
    assert books_now(house)["B0"].pages == 0


def test_a_restricted_record_is_refused_and_the_others_are_changed(house: House, log_in: LogIn) -> None:
    bob = log_in(*MANAGE)
    books = make_books(house, {"pages": 1}, {"pages": 1, "is_restricted": True})
    text = " ".join(f"{book.pk.hex}.1" for book in books)
    bob.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "apply"})
    assert {code: row.pages for code, row in books_now(house).items()} == {"B0": 9, "B1": 1}


def test_everything_that_the_list_shows_can_be_selected(house: House, alice: Client) -> None:
    make_books(house, *({"kind": "atlas"} for _ in range(60)), {"kind": "novel"})
    page = select(alice, "edit_selected", list(books_now(house).values())[:1], query="?kind=atlas", across=True)
    assert page.context["count"] == 60


def test_more_than_can_be_worked_on_is_refused_with_the_limit(
    house: House, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.kernel.admin.selections.MOST_CHOSEN", 2)
    books = make_books(house, {}, {}, {})
    assert select(alice, "edit_selected", books).status_code == 302
    assert "Select at most 10000 records." in text_of(alice.get(BOOKS).content)


@pytest.mark.committed
def test_a_large_order_is_a_job_and_one_undo(house: House, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 2)
    monkeypatch.setattr("apps.kernel.admin.bulk_edit.AT_ONCE", 2)
    books = make_books(house, *({"pages": number} for number in range(4)))
    preview = ask(alice, select(alice, "edit_selected", books), "preview", pages="7")
    assert "The first 2 records have been tried." in text_of(preview.content)
    ask(alice, preview, "apply", pages="7")
    assert {row.pages for row in books_now(house).values()} == {0, 1, 2, 3}
    sweep()
    assert {row.pages for row in books_now(house).values()} == {7}
    with reading_in(house):
        [whole] = Action.objects.filter(parent_id=None, command="kernel.record.bulk")
    assert (whole.actor_label, whole.source) == ("Alice", "admin")
    [job] = alice.get("/api/progress/jobs/").json()["results"]
    assert job["result"] == {"count": 4, "refused": 0, "action": str(whole.pk)}
    alice.post("/backend/undo/", {"action": str(whole.pk), "next": BOOKS})
    assert sorted(row.pages for row in books_now(house).values()) == [0, 1, 2, 3]


@pytest.mark.committed
def test_large_deletions_and_buttons_are_jobs_too(house: House, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 1)
    books = make_books(house, {}, {}, {"title": "Kept"})
    chosen = select(alice, "delete_selected", books[:2]).context["chosen"]
    body = {"action": "delete_selected", "_selected_action": [str(books[0].pk)], "confirmed": "yes"}
    alice.post(BOOKS, {**body, "selection": chosen.text})
    assert len(books_now(house)) == 3
    sweep()
    assert [row.title for row in books_now(house).values()] == ["Kept"]
    assert actions(house)[-1] == "kernel.record.bulk"


@pytest.mark.committed
def test_a_job_does_no_more_than_its_owner_may_by_then(
    house: House, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 1)
    bob = log_in(*MANAGE)
    books = make_books(house, {"pages": 1}, {"pages": 2})
    text = " ".join(f"{book.pk.hex}.1" for book in books)
    bob.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "apply"})
    user = bob.user  # type: ignore[attr-defined]
    with seeding(house.scope()):
        UserRole.objects.filter(user_id=user.pk).delete()
    sweep()
    assert sorted(row.pages for row in books_now(house).values()) == [1, 2]
    with reading_in(house):
        assert [job.status for job in Job.objects.filter(kind="kernel.many")] == ["failed"]


def test_pages_without_a_command_for_a_part_of_a_record_have_no_bulk_edit(house: House, alice: Client) -> None:
    for address in ("/backend/currencies/exchangerate/", "/backend/audit_logs/action/"):
        assert "edit_selected" not in alice.get(address).content.decode()


def test_fields_of_the_tenant_are_changed_too(house: House, alice: Client) -> None:
    rest = client_of(member(house, "*", name="Carol"), organization=house.root)
    make_type(rest)
    make_field(rest, "colour", "text")
    cars = [make_car(rest, title, colour="red", seats=4) for title in ("Beetle", "Mini")]
    text = " ".join(f"{UUID(car['id']).hex}.{car['version']}" for car in cars)
    address = "/backend/entities/record/bulk/?type=car"
    given = {"selection": text, "change": ["cf_colour"], "cf_colour": "blue", "cf_seats": ""}
    page = alice.post(address, {**given, "step": "preview"})
    shown = [(item.label, item.old, item.new) for _, row in page.context["preview"].diffs for item in row.fields]
    assert shown == [("Colour", "red", "blue")] * 2
    assert alice.post(address, {**given, "step": "apply"}).status_code == 302
    values = [item["custom_fields"] for item in rest.get(CARS).json()["results"]]
    assert [(item["colour"], item["seats"]) for item in values] == [("blue", 4)] * 2


def hide_books(house: House, *books: Any) -> None:
    with seeding(house.scope()):
        Book.objects.filter(pk__in=[book.pk for book in books]).update(deleted_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("step", ["fields", "preview"])
def test_the_first_chosen_records_may_vanish_and_the_others_are_changed(house: House, alice: Client, step: str) -> None:
    books = make_books(house, *({"pages": 1} for _ in range(23)))
    page = select(alice, "edit_selected", books)
    hide_books(house, *books[:22])
    wrong = {"pages": "many"} if step == "preview" else {"pages": "9"}
    form = ask(alice, page, step, **wrong)
    assert (form.context["count"], "Not there any more, and left out: Book 0," in text_of(form.content)) == (1, True)
    assert "and 2 more." in text_of(form.content)
    preview = ask(alice, page, "preview", pages="9")
    assert (preview.context["preview"].changed, preview.context["count"]) == ([books[22].pk], 1)
    assert preview.context["preview"].refused[0] == ("Book 0", "There is no such record.")
    ask(alice, preview, "apply", pages="9")
    assert {code: row.pages for code, row in books_now(house).items()} == {"B22": 9}


@pytest.mark.parametrize("step", ["fields", "preview", "apply"])
def test_where_no_chosen_record_is_left_the_list_says_so(house: House, alice: Client, step: str) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 1})
    page = select(alice, "edit_selected", books)
    hide_books(house, *books)
    answer = ask(alice, page, step, pages="9")
    assert (answer.status_code, answer["Location"]) == (302, BOOKS)
    assert "None of the chosen records is there any more." in text_of(alice.get(BOOKS).content)
    assert actions(house) == []


def test_what_has_vanished_before_the_change_is_named_in_its_report(house: House, alice: Client) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 1})
    page = select(alice, "edit_selected", books)
    hide_books(house, books[0])
    ask(alice, page, "apply", pages="9")
    assert "Book 0: There is no such record." in text_of(alice.get(BOOKS).content)


def test_a_vanished_record_of_others_is_not_named(house: House, log_in: LogIn) -> None:
    bob, books = log_in(*MANAGE), make_books(house, {}, {"is_restricted": True, "title": "Secret"})
    text = " ".join(f"{book.pk.hex}.1" for book in books)
    page = bob.post(BULK, {"selection": text, "change": ["pages"], "pages": "9", "step": "fields"})
    assert str(books[1].pk) in text_of(page.content)
    assert "Secret" not in page.content.decode()


@pytest.mark.committed
def test_a_job_whose_records_have_all_vanished_says_so(
    house: House, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 1)
    books = make_books(house, {"pages": 1}, {"pages": 2})
    ask(alice, select(alice, "edit_selected", books), "apply", pages="9")
    hide_books(house, *books)
    sweep()
    with reading_in(house):
        [job] = Job.objects.filter(kind="kernel.many")
    assert (job.status, "Refused records: 2 of 2." in job.error) == ("failed", True)


@pytest.mark.parametrize("action", ["edit_selected", "delete_selected"])
def test_nothing_is_asked_about_rows_that_vanished_from_the_list(house: House, alice: Client, action: str) -> None:
    books = make_books(house, {}, {})
    hide_books(house, *books)
    assert select(alice, action, books).status_code == 302
    assert "None of the chosen records is there any more." in text_of(alice.get(BOOKS).content)
