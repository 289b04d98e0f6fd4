"""Actions, filters and badges that modules add to lists and records of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.kernel.extensions.actions import ACTIONS, FILTERS, ListFilter, RecordAction, record_action
from apps.kernel.extensions.badges import BADGES, Badge, StatusBadge, Tone
from apps.kernel.extensions.placing import before, first
from tests.directory.callers import client_of, member
from tests.kernel.books import librarian, make_books
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House, reading
from tests.support.shelf.models import Book, Loan
from tests.support.shelf.services import delete_book, save_loan

BOOKS = "/backend/shelf/book/"


class LoanForm(forms.Form):
    reader = forms.CharField(max_length=40)


LEND = RecordAction("loans.lend", "shelf.book", "Lend it", save_loan, form=LoanForm, in_row=True, icon="book")
HIDE = RecordAction("loans.hide", "shelf.book", "Hide it", delete_book, in_bulk=True, on_page=False, dangerous=True)
WEIGH = RecordAction(
    "loans.weigh",
    "shelf.*",
    "Weigh it",
    address=lambda ids: f"/scales/?ids={','.join(map(str, ids))}",
    in_row=True,
    in_bulk=True,
)


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


def buttons(page: Any) -> list[str]:
    """Labels of the buttons on a record's page."""
    html = page.content.decode()
    return [name for name in ("Lend it", "Hide it", "Weigh it") if f"</span>{name}</a>" in html]


def test_an_action_runs_a_command_of_its_module(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "Dune"})
    with declared(ACTIONS, LEND, HIDE):
        page = alice.get(f"{BOOKS}{book.pk}/change/")
        assert buttons(page) == ["Lend it"]
        address = f"{BOOKS}{book.pk}/do/loans-lend/"
        assert f'href="{address}"' in page.content.decode()
        refused = alice.post(address, {"reader": "Nobody"})
        assert "Nobody borrows." in refused.content.decode()
        assert alice.post(address, {"reader": "Ada"}).status_code == 302
    assert alice.get(address).status_code == 404
    with reading(house.scope()):
        assert list(Loan.objects.values_list("book_id", "reader")) == [(book.pk, "Ada")]


def test_an_action_leads_to_a_page(house: House, alice: Any) -> None:
    [book] = make_books(house, {})
    with declared(ACTIONS, WEIGH):
        page = alice.get(f"{BOOKS}{book.pk}/change/").content.decode()
        rows = alice.get(BOOKS).content.decode()
        assert f'href="/scales/?ids={book.pk}"' in page
        assert f'href="/scales/?ids={book.pk}' in rows
        chosen = alice.post(BOOKS, {"action": "loans-weigh", "_selected_action": [str(book.pk)]})
    assert (chosen.status_code, chosen.headers["Location"]) == (302, f"/scales/?ids={book.pk}")


def test_a_bulk_action_asks_and_runs_for_the_selection(house: House, alice: Any) -> None:
    books = make_books(house, {"title": "A"}, {"title": "B"}, {"title": "C"})
    order = {"action": "loans-hide", "_selected_action": [str(book.pk) for book in books[:2]]}
    with declared(ACTIONS, HIDE):
        assert "Hide it" in alice.post(BOOKS, order).content.decode()
        assert alice.post(BOOKS, {**order, "confirmed": "yes"}).status_code == 302
    with reading(house.scope()):
        assert list(Book.objects.filter(deleted_at=None).values_list("title", flat=True)) == ["C"]


def test_who_may_not_run_the_command_sees_no_action(house: House) -> None:
    bob = client_of(member(house, "shelf.books.view"), organization=house.root)
    [book] = make_books(house, {})
    with declared(ACTIONS, LEND, WEIGH):
        assert buttons(bob.get(f"{BOOKS}{book.pk}/change/")) == ["Weigh it"]
        assert bob.post(f"{BOOKS}{book.pk}/do/loans-lend/", {"reader": "Ada"}).status_code == 403


def test_actions_stand_where_they_wish(house: House, alice: Any) -> None:
    [book] = make_books(house, {})
    ahead = replace(LEND, id="loans.ahead", label="Hide it", place=before("loans.lend"))
    with declared(ACTIONS, LEND, ahead):
        html = alice.get(f"{BOOKS}{book.pk}/change/").content.decode()
    assert html.index("loans-ahead") < html.index("loans-lend")
    with declared(ACTIONS, LEND, replace(ahead, place=first(), id="loans.zero")):
        html = alice.get(f"{BOOKS}{book.pk}/change/").content.decode()
    assert html.index("loans-zero") < html.index("loans-lend")


@pytest.mark.parametrize("changes", [{"command": None}, {"address": lambda ids: "/"}])
def test_an_action_does_one_thing(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either command or address"):
        record_action(replace(LEND, **changes))


LENT = ListFilter(
    "loans.lent",
    "shelf.book",
    "Lent to",
    lambda: [(name, name) for name in Loan.objects.values_list("reader", flat=True)],
    lambda value: Loan.objects.filter(reader=value).values("book_id"),
)


def lent(house: House, alice: Any) -> list[Book]:
    books = make_books(house, {"title": "Dune"}, {"title": "Emma"})
    with declared(ACTIONS, LEND):
        assert alice.post(f"{BOOKS}{books[0].pk}/do/loans-lend/", {"reader": "Ada"}).status_code == 302
    return books


def listed(page: Any) -> list[str]:
    assert page.status_code == 200
    return [book.title for book in page.context["cl"].result_list]


def test_a_filter_narrows_in_one_query(house: House, alice: Any) -> None:
    lent(house, alice)
    with declared(FILTERS, LENT):
        assert "Lent to" in alice.get(BOOKS).content.decode()
        with CaptureQueriesContext(connection) as queries:
            assert listed(alice.get(BOOKS, {"loans-lent": "Ada"})) == ["Dune"]
        assert listed(alice.get(BOOKS, {"loans-lent": "nobody"})) == ["Dune", "Emma"]
    assert sum("shelf_loan" in item["sql"] and "shelf_book" in item["sql"] for item in queries) <= 2
    assert len(queries) <= 16


def test_a_filter_cannot_show_more_than_the_list(house: House, other_house: House, alice: Any) -> None:
    books = lent(house, alice)
    foreign = make_books(other_house, {"title": "Foreign"})
    everything = [book.pk for book in [*books, *foreign]]
    with declared(FILTERS, replace(LENT, narrow=lambda value: everything)):
        assert listed(alice.get(BOOKS, {"loans-lent": "Ada"})) == ["Dune", "Emma"]


def broken(*args: Any) -> Any:
    raise RuntimeError("broken")


def test_a_filter_that_fails_shows_nothing_rather_than_too_much(house: House, alice: Any) -> None:
    lent(house, alice)
    with declared(FILTERS, replace(LENT, narrow=broken)):
        assert listed(alice.get(BOOKS, {"loans-lent": "Ada"})) == []
    with declared(FILTERS, replace(LENT, choices=broken)):
        assert listed(alice.get(BOOKS, {"loans-lent": "Ada"})) == ["Dune", "Emma"]


def test_badges_stand_on_the_page_of_a_record(house: House, alice: Any) -> None:
    [book] = make_books(house, {"is_lent": True})
    shown = StatusBadge("loans.out", "shelf.*", lambda row: Badge("Out <now>", Tone.CAREFUL) if row.is_lent else None)
    with declared(BADGES, shown, StatusBadge("loans.broken", "*", broken, priority=5)):
        page = alice.get(f"{BOOKS}{book.pk}/change/").content.decode()
        assert "ag-badges" not in alice.get(f"{BOOKS}add/").content.decode()
    assert '<span class="ag-badge ag-badge--careful">Out &lt;now&gt;</span>' in page
