"""What was deleted: shown with who and when, brought back alone or several at once, or deleted for good."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.backoffice.site import site
from apps.kernel.admin.deleted_rows import has_trash
from apps.kernel.commands.models import Action
from tests.auth.factories import make_role, reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import text_of
from tests.backoffice.lists import BOOKS, books_now, select
from tests.dictionaries.factories import make_dictionary, offered
from tests.directory.callers import client_of, member, send
from tests.entities.test_records import FIELDS, make_field, make_type
from tests.kernel.books import make_books
from tests.support.digests import digest
from tests.support.scopes import House

TRASH = f"{BOOKS}deleted/"
MANAGE = ("shelf.books.view", "shelf.books.manage")
OWN = (*MANAGE, "audit_logs.view_self", "audit_logs.undo_self")


def delete(client: Client, *books: Any) -> None:
    """Delete one book on its page, several as a selection, and read what the next page says."""
    if len(books) == 1:
        page = client.post(f"{BOOKS}{books[0].pk}/delete/", {"expected_version": 1}, follow=True)
        assert "was deleted successfully" in text_of(page.content)
        return
    chosen = select(client, "delete_selected", books).context["chosen"]
    body = {"action": "delete_selected", "_selected_action": [str(books[0].pk)], "confirmed": "yes"}
    page = client.post(BOOKS, {**body, "selection": chosen.text}, follow=True)
    assert f"Done for {len(books)} records." in text_of(page.content)


def restore(client: Client, *books: Any, address: str = TRASH) -> Any:
    return client.post(address, {"record": [str(book.pk) for book in books], "step": "restore"}, follow=True)


def shown(client: Client, address: str = TRASH) -> list[tuple[str, str, bool]]:
    """Label, who, and whether it can be restored."""
    items = client.get(address).context["items"]
    return [(item.label, item.who, is_restorable) for item, is_restorable, _ in items]


def test_what_was_deleted_is_shown_with_who_and_when(house: House, alice: Client, log_in: LogIn) -> None:
    books = make_books(house, {}, {}, {})
    delete(alice, books[0])
    delete(log_in("*", name="Carol"), books[1])
    assert shown(alice) == [("Book 1", "Carol", True), ("Book 0", "Alice", True)]
    assert "Deleted: books" in text_of(alice.get(TRASH).content)


def test_an_empty_trash_says_so(alice: Client) -> None:
    page = alice.get(TRASH)
    assert "Nothing here" in text_of(page.content)
    assert 'name="step"' not in page.content.decode()


def test_restoring_is_the_undo_of_the_deletion_and_can_be_taken_back(house: House, alice: Client) -> None:
    [book] = make_books(house, {"pages": 7})
    with reading_in(house):
        before = digest("shelf_book")
    delete(alice, book)
    page = restore(alice, book)
    assert "1 deletion taken back." in text_of(page.content)
    assert " Undo " in text_of(page.content)
    with reading_in(house):
        assert digest("shelf_book") == before
        [undo] = Action.objects.filter(command="audit_logs.action.undo", parent_id=None)
    alice.post("/backend/undo/", {"action": str(undo.pk), "next": BOOKS})
    assert books_now(house) == {}
    assert shown(alice) == [("Book 0", "Alice", True)]
    restore(alice, book)
    assert list(books_now(house)) == ["B0"]


def test_one_of_many_that_were_deleted_together_comes_back_alone(house: House, alice: Client) -> None:
    books = make_books(house, {}, {}, {})
    delete(alice, *books)
    with reading_in(house):
        [whole] = Action.objects.filter(parent_id=None, command="kernel.record.bulk")
    restore(alice, books[1])
    assert list(books_now(house)) == ["B1"]
    assert [label for label, _, _ in shown(alice)] == ["Book 2", "Book 0"]
    blocked = alice.post("/backend/undo/", {"action": str(whole.pk), "next": BOOKS}, follow=True)
    assert "Not undone: later changes stand in the way" in text_of(blocked.content)
    alice.post("/backend/undo/", {"action": str(whole.pk), "cascade": "yes", "next": BOOKS})
    assert sorted(books_now(house)) == ["B0", "B1", "B2"]


def test_several_come_back_at_once_and_one_button_takes_that_back(house: House, alice: Client) -> None:
    books = make_books(house, {}, {}, {})
    delete(alice, *books)
    page = restore(alice, *books[:2])
    assert "2 deletions taken back." in text_of(page.content)
    assert sorted(books_now(house)) == ["B0", "B1"]
    actions = [item.split('"')[0] for item in page.content.decode().split('name="action" value="')[1:]]
    assert len(actions) == 2
    alice.post("/backend/undo/", {"action": actions, "next": TRASH})
    assert books_now(house) == {}


def test_what_stands_in_the_way_is_said_and_the_others_come_back(house: House, alice: Client) -> None:
    books = make_books(house, {}, {})
    delete(alice, *books)
    make_books(house, {"title": "In the way"})  # has the code of the first
    page = restore(alice, *books)
    assert "Book 0:" in text_of(page.content)
    assert {row.title for row in books_now(house).values()} == {"In the way", "Book 1"}


def test_who_may_undo_own_changes_only_restores_those(house: House, alice: Client, log_in: LogIn) -> None:
    bob = log_in(*OWN)
    books = make_books(house, {}, {})
    delete(alice, books[0])
    delete(bob, books[1])
    assert shown(bob) == [("Book 1", "Bob", True), ("Book 0", "", False)]
    page = restore(bob, *books)
    assert "Book 0: Your permissions do not show the change that deleted it." in text_of(page.content)
    assert list(books_now(house)) == ["B1"]


def test_who_may_not_delete_has_no_such_page(house: House, alice: Client, log_in: LogIn) -> None:
    [book] = make_books(house, {})
    delete(alice, book)
    bob = log_in("shelf.books.view", "audit_logs.*")
    assert TRASH not in bob.get(BOOKS).content.decode()
    assert (bob.get(TRASH).status_code, restore(bob, book).status_code) == (403, 403)
    assert books_now(house) == {}


def test_foreign_restricted_living_and_missing_records_are_not_there(
    house: House, other_house: House, log_in: LogIn
) -> None:
    gone = {"is_restricted": True, "deleted_at": "2026-01-01T00:00:00Z"}
    [living, hidden], [foreign] = make_books(house, {}, gone), make_books(other_house, {})
    bob = log_in(*MANAGE, "audit_logs.*")
    assert shown(bob) == []
    for row in (living, hidden, foreign):
        assert "Tick at least one record that is still deleted." in text_of(restore(bob, row).content)
    assert list(books_now(house)) == ["B0"]


@pytest.mark.parametrize("body", [{"record": "nonsense", "step": "restore"}, {"step": "purge"}, {}])
def test_a_mangled_order_restores_nothing(house: House, alice: Client, body: dict[str, str]) -> None:
    [book] = make_books(house, {})
    delete(alice, book)
    assert alice.post(TRASH, {"record": str(book.pk), **body}).status_code == 404
    assert books_now(house) == {}


def test_what_is_deleted_outright_is_found_through_the_history(house: House, alice: Client) -> None:
    role = make_role(house, "shelf.books.view", name="Readers")
    trash = "/backend/auth/role/deleted/"
    assert shown(alice, trash) == []
    assert alice.post(f"/backend/auth/role/{role.pk}/delete/", {"expected_version": role.version}).status_code == 302
    assert shown(alice, trash) == [("Readers", "Alice", True)]
    assert "1 deletion taken back." in text_of(restore(alice, role, address=trash).content)
    assert shown(alice, trash) == []
    with reading_in(house):
        assert type(role).objects.filter(pk=role.pk, name="Readers").exists()


def test_a_kind_with_commands_for_it_restores_and_purges_by_them(house: House, alice: Client) -> None:
    rest = client_of(member(house, "*", name="Carol"), organization=house.root)
    make_type(rest)
    made = make_field(rest, "colour", "text")
    assert send(rest, "delete", f"{FIELDS}{made['id']}/").status_code == 204
    trash, body = "/backend/entities/fielddefinition/deleted/", {"record": made["id"]}
    assert "Colour" in text_of(alice.get(trash).content)
    assert "Delete for good?" in text_of(alice.post(trash, {**body, "step": "ask"}).content)
    assert "Colour" in text_of(alice.get(trash).content)
    alice.post(trash, {**body, "step": "purge"})
    assert "Nothing here" in text_of(alice.get(trash).content)


def test_pages_hold_fifty_and_lead_on(house: House, alice: Client) -> None:
    make_books(house, *({"deleted_at": f"2026-01-01T00:00:{n % 3:02}Z"} for n in range(60)))
    first = alice.get(TRASH)
    rest = alice.get(f"{TRASH}?before={first.context['older'].replace('+', '%2B')}")
    ids = [item.id for page in (first, rest) for item, *_ in page.context["items"]]
    assert (len(first.context["items"]), len(ids), len(set(ids)), rest.context["older"]) == (50, 60, 60, "")
    assert alice.get(f"{TRASH}?before=nonsense").context["items"][0][0].id == ids[0]


def test_the_page_costs_the_same_however_much_was_deleted(house: House, alice: Client) -> None:
    books = make_books(house, *({} for _ in range(12)))
    delete(alice, *books[:2])
    alice.get(TRASH)
    with CaptureQueriesContext(connection) as few:
        assert len(shown(alice)) == 2
    delete(alice, *books[2:])
    with CaptureQueriesContext(connection) as many:
        assert len(shown(alice)) == 12
    assert len(few) == len(many)


@pytest.mark.matrix
def test_every_list_of_the_house_that_can_delete_opens_its_page(house: House, alice: Client) -> None:
    opened = []
    for page in site._registry.values():
        address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_deleted")
        status = alice.get(address).status_code
        expected = has_trash(page) and page.opts.label != "entities.Record"  # there is no type yet
        assert status == (200 if expected else 403), page.opts.label
        opened += [page.opts.label] if status == 200 else []
    assert {"currencies.Currency", "staff_auth.Role", "attachments.Attachment", "directory.Organization"} <= {*opened}
    assert "currencies.ExchangeRate" not in opened
    assert alice.post(TRASH, {"record": str(uuid4()), "step": "restore"}).status_code == 302


def test_what_a_record_took_with_it_says_so_and_comes_back_with_it(house: House, alice: Client) -> None:
    dictionary = make_dictionary(house, "Novel", "Atlas", name="Genres")
    place = f"/backend/dictionaries/dictionary/{dictionary.pk}/delete/"
    assert alice.post(place, {"expected_version": dictionary.version}).status_code == 302
    trash = "/backend/dictionaries/dictionaryentry/deleted/"
    page = alice.get(trash)
    assert "It was deleted together with “Genres” and comes back with it." in text_of(page.content)
    assert [label for label, *_ in shown(alice, trash)] == ["Atlas", "Novel"]
    [first, *_] = [item.id for item, *_ in page.context["items"]]
    alice.post(trash, {"record": str(first), "step": "restore"})
    assert shown(alice, trash) == []
    assert sorted(offered(house, dictionary)) == ["Atlas", "Novel"]
