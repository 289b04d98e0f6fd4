"""Spots and widgets, on the pages of the back office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.extensions.spots import SPOTS, WIDGETS, Place, Widget, is_offered
from tests.directory.callers import client_of, member
from tests.kernel.books import make_books
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House
from tests.support.shelf.models import Book

BOOKS = "/backend/shelf/book/"
PIECE = re.compile(r'<div class="ag-widget" data-widget="([^"]+)">(.*?)</div>', re.DOTALL)


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "shelf.*"), organization=house.root)


def widget(spot: str, context: Any = None, *, name: str = "probes.one", **more: Any) -> Widget:
    return Widget(name, spot, "shelf/probe.html", context=context or (lambda place: {"who": place.spot}), **more)


def pieces(answer: Any) -> dict[str, str]:
    """Text of each widget of the tests on the page, by its id."""
    assert answer.status_code == 200
    found = PIECE.findall(answer.content.decode())
    return {name: re.sub(r"<[^>]+>|\s+", " ", text).strip() for name, text in found if name.startswith("probes.")}


def broken(place: Place) -> dict[str, Any]:
    raise RuntimeError("broken")


def failing_query(place: Place) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    return {}


@pytest.mark.parametrize("slot", ["header", "fields", "footer"])
def test_a_records_page_has_its_spots(house: House, alice: Client, slot: str) -> None:
    [book] = make_books(house, {})
    with declared(WIDGETS, widget(f"crud-form:shelf.book:{slot}")):
        found = pieces(alice.get(f"{BOOKS}{book.pk}/change/"))
        assert pieces(alice.get(f"{BOOKS}add/")) == found
        assert pieces(alice.get("/backend/shelf/shelf/add/")) == {}
    assert found == {"probes.one": f"crud-form:shelf.book:{slot}"}


@pytest.mark.parametrize("slot", ["header", "footer"])
@pytest.mark.parametrize("rows", [0, 2])
def test_a_list_has_its_spots(house: House, alice: Client, slot: str, rows: int) -> None:
    made = make_books(house, *({} for _ in range(rows)))
    seen: list[Place] = []

    def context(place: Place) -> dict[str, Any]:
        seen.append(place)
        return {"who": len(place.ids)}

    with declared(WIDGETS, widget(f"data-table:*:{slot}", context)):
        assert pieces(alice.get(BOOKS)) == {"probes.one": str(rows)}
    assert (seen[0].entity, set(seen[0].ids), seen[0].record) == ("shelf.book", {book.pk for book in made}, None)


@pytest.mark.parametrize("slot", ["header", "footer"])
def test_the_start_page_has_its_spots(alice: Client, slot: str) -> None:
    with declared(WIDGETS, widget(f"backend:dashboard:{slot}")):
        assert pieces(alice.get("/backend/")) == {"probes.one": f"backend:dashboard:{slot}"}


def test_every_declared_spot_is_drawn_by_a_page(house: House, alice: Client) -> None:
    [book] = make_books(house, {})
    everywhere = [widget(item, name=f"probes.{number}", title=f"W{number}") for number, item in enumerate(SPOTS)]
    with declared(WIDGETS, *everywhere):
        html = "".join(
            alice.get(address).content.decode() for address in ("/backend/", BOOKS, f"{BOOKS}{book.pk}/change/")
        )
    drawn = {
        number for number, item in enumerate(SPOTS) if f'data-widget="probes.{number}"' in html or f"W{number}" in html
    }
    assert drawn == set(range(len(SPOTS)))


def test_what_it_shows_is_escaped(house: House, alice: Client) -> None:
    evil = "<script>alert(1)</script>"
    with declared(WIDGETS, widget("backend:dashboard:header", lambda place: {"who": evil})):
        html = alice.get("/backend/").content.decode()
    assert evil not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_nothing_to_show_leaves_no_trace(alice: Client) -> None:
    with declared(WIDGETS, widget("backend:dashboard:header", lambda place: None)):
        assert pieces(alice.get("/backend/")) == {}


@pytest.mark.parametrize("wrong", [broken, failing_query, lambda place: 7])
def test_a_failing_widget_leaves_the_page_and_the_others(house: House, alice: Client, wrong: Any) -> None:
    [book] = make_books(house, {"title": "Still here"})
    spot = "crud-form:*:header"
    with declared(WIDGETS, widget(spot, wrong, priority=5), widget(spot, name="probes.two")):
        answer = alice.get(f"{BOOKS}{book.pk}/change/")
    assert pieces(answer) == {"probes.two": "crud-form:shelf.book:header"}
    assert "Still here" in answer.content.decode()


def test_a_hanging_widget_is_left_out_in_its_time(alice: Client) -> None:
    def hang(place: Place) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")
        return {}

    with declared(WIDGETS, widget("backend:dashboard:header", hang, seconds=0.3)):
        assert pieces(alice.get("/backend/")) == {}
    assert widget("x").seconds == 2.0


def test_it_reads_in_the_readers_scope(house: House, other_house: House, alice: Client) -> None:
    make_books(house, {"title": "Own"})
    make_books(other_house, {"title": "Foreign"})

    def context(place: Place) -> dict[str, Any]:
        return {"who": list(Book.objects.values_list("title", flat=True))}

    with declared(WIDGETS, widget("backend:dashboard:header", context)):
        assert pieces(alice.get("/backend/")) == {"probes.one": "[&#x27;Own&#x27;]"}


@pytest.fixture
def column() -> Iterator[list[tuple[UUID, ...]]]:
    """A column of a list that counts how often it is asked."""
    asked: list[tuple[UUID, ...]] = []

    def context(place: Place) -> dict[UUID, dict[str, Any]]:
        asked.append(place.ids)
        titles = Book.objects.filter(pk__in=place.ids).values_list("pk", "title")
        return {pk: {"who": f"cell of {title}"} for pk, title in titles if title != "B"}

    with declared(WIDGETS, widget("data-table:shelf.book:columns", context, title="Seen")):
        yield asked


def test_a_column_is_asked_once_for_all_rows(house: House, alice: Client, column: list[tuple[UUID, ...]]) -> None:
    books = make_books(house, {"title": "A"}, {"title": "B"}, {"title": "C"})
    html = alice.get(BOOKS).content.decode()
    assert column == [tuple(book.pk for book in books)]
    assert [f"cell of {name}" in html for name in "ABC"] == [True, False, True]
    assert "Seen" in html


def test_a_column_costs_the_same_whatever_the_rows(house: House, alice: Client, column: list[Any]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice.get(BOOKS)
        return len(queries)

    make_books(house, {"title": "A"})
    cost()
    few = cost()
    make_books(house, *({"title": f"T{number}", "code": f"T{number}"} for number in range(30)))
    assert cost() == few


def test_a_failing_column_stays_empty(house: House, alice: Client) -> None:
    make_books(house, {"title": "Still here"})
    with declared(WIDGETS, widget("data-table:*:columns", broken, title="Seen")):
        html = alice.get(BOOKS).content.decode()
    assert "Still here" in html
    assert "Seen" in html


def test_the_tag_takes_a_whole_id_too(db: None, rf: Any) -> None:
    template = Template('{% load spots %}{% spot "crud-form:currencies.currency:fields" %}')
    with declared(WIDGETS, widget("crud-form:*:fields", lambda place: {"who": place.entity})):
        assert "currencies.currency" in template.render(Context({"request": rf.get("/")}))
        assert template.render(Context({})) == ""


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        ("crud-form:*:fields", True),
        ("crud-form:catalog.product:fields", True),
        ("crud-form:*", True),
        ("backend:dashboard:header", True),
        ("crud-form:catalog.product:nowhere", False),
        ("backend:start:header", False),
        ("nonsense", False),
    ],
)
def test_a_widget_names_a_spot_that_some_page_has(pattern: str, known: bool) -> None:
    assert is_offered(pattern) is known
