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

from apps.kernel.extensions.checks import check_extensions, judge_widget
from apps.kernel.extensions.menu import MAIN, MENU, MENUS, SETTINGS, MenuItem
from apps.kernel.extensions.placements import Placement
from apps.kernel.extensions.placing import after, before
from apps.kernel.extensions.spot_ids import canonical, is_offered, waits_for
from apps.kernel.extensions.spots import SPOTS, WIDGETS, Place, Widget, widgets_in
from tests.customers.factories import make_person
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


# What stands for the `*` of a spot on the pages below.
WHOLE = {
    "crud-form:*:group:*": "crud-form:shelf.book:group:main",
    "crud-form:*:field:*:before": "crud-form:shelf.book:field:title:before",
    "crud-form:*:field:*:after": "crud-form:shelf.book:field:title:after",
}
EMPTY = "/backend/shelf/shelf/"


def drawn_by(house: House, alice: Client, spot: str) -> int:
    """How often the pages draw a widget of the spot: start page, a list with and one without rows, records."""
    [book], person = make_books(house, {}), make_person(house)

    def context(place: Place) -> dict[Any, Any]:
        cells = place.spot.endswith(("columns", "row-actions"))
        return {pk: {"who": "cell of probes"} for pk in place.ids} if cells else {}

    with declared(WIDGETS, widget(spot, context, title="Seen")):
        of_person = [f"/backend/customers/person/{person.pk}/{name}/" for name in ("overview", "files")]
        pages = ("/backend/", BOOKS, EMPTY, f"{BOOKS}{book.pk}/change/", *of_person)
        html = "".join(alice.get(address).content.decode() for address in pages)
    return html.count('data-widget="probes.one"') + html.count("cell of probes")


@pytest.mark.generated
@pytest.mark.parametrize("spot", sorted(SPOTS))
def test_every_declared_spot_is_drawn_by_a_page(house: House, spot: str) -> None:
    reader = client_of(member(house, "shelf.*", "customers.people.view"), organization=house.root)
    assert drawn_by(house, reader, WHOLE.get(spot, spot)) >= 1


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


# Ids that guides name, and the spot that each is on our pages; those of modules that are not there yet say which.
GUIDES = {
    "crud-form:catalog.catalog_product:fields": "crud-form:catalog.product:fields",
    "data-table:catalog.products:columns": "data-table:catalog.product:columns",
    "data-table:catalog.products:row-actions": "data-table:catalog.product:row-actions",
    "crud-form:sales.sales_order:fields": "crud-form:sales.order:fields",
    "data-table:sales.orders:columns": "data-table:sales.order:columns",
    "data-table:sales.orders:row-actions": "data-table:sales.order:row-actions",
    "crud-form:customers:customer_person_profile:fields": "crud-form:customers.person:fields",
    "crud-form:customers:customer_company_profile:fields": "crud-form:customers.company:fields",
}
LATER = {
    "sales.document.detail.order:details": "sales",
    "workflows.task.detail:after": "workflows",
    "portal:orders:before": "portal",
    "portal:dashboard:sections": "portal",
}


@pytest.mark.parametrize("named", GUIDES)
def test_spots_that_guides_name_are_spots_of_ours(named: str) -> None:
    assert canonical(named) == GUIDES[named]
    assert is_offered(named)
    with declared(WIDGETS, widget(named)):
        assert [item.spot for item in widgets_in(GUIDES[named])] == [named]
        assert [item.spot for item in widgets_in(named)] == [named]


@pytest.mark.parametrize("named", LATER)
def test_spots_of_modules_to_come_are_known_by_their_module(named: str) -> None:
    assert is_offered(named) or waits_for(named) == LATER[named]
    if not is_offered(named):
        found = list(judge_widget(widget(named)))
        assert [item.id for item in found] == ["kernel.W043"]
        assert LATER[named] in str(found[0].hint)


def test_a_page_does_not_look_for_widgets_twice(house: House, alice: Client) -> None:
    with declared(WIDGETS, widget("crud-form:*:header")):
        assert widgets_in("crud-form:shelf.book:sidebar") == []
        assert len(widgets_in("crud-form:shelf.book:header")) == 1
    assert widgets_in("crud-form:shelf.book:header") == []


PLACED = {
    "stack": Placement(),
    "group": Placement("group", "facts", "Facts", "What is known", column=2),
    "tab": Placement("tab", "more", "More"),
    "column": Placement("column", column=2),
    "row-action": Placement("row-action"),
    "menu": Placement("menu", "tools", "Tools"),
}


@pytest.mark.parametrize("kind", PLACED)
def test_widgets_stand_as_their_placements_say(house: House, alice: Client, kind: str) -> None:
    spot = "backend:dashboard:header"
    own = [widget(spot, name=f"probes.{name}", title=name.title(), placement=PLACED[kind]) for name in ("a", "b")]
    with declared(WIDGETS, *own, widget(spot, name="probes.plain", priority=5)):
        answer = alice.get("/backend/")
    html = answer.content.decode()
    assert list(pieces(answer)) == ["probes.plain", "probes.a", "probes.b"]
    words = {
        "stack": [],
        "group": ["Facts</h3>", "What is known</p>", 'aria-labelledby="ag-backend-dashboard-header-group-facts"'],
        "tab": ['data-ag-tabs="More"', 'data-ag-tab="A"', 'data-ag-tab="B"'],
        "column": ["ag-placed__columns"],
        "row-action": ["ag-placed__row"],
        "menu": ["<details", "Tools<span"],
    }[kind]
    assert [word for word in words if word not in html] == []
    assert ("extensions/placed" in html) is (kind != "stack")


@pytest.mark.parametrize("wrong", [{"kind": "corner"}, {"column": 3}])
def test_a_placement_is_one_of_those_that_there_are(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"corner|column 3"):
        Placement(**wrong)


def links(page: Any) -> dict[str, str]:
    found = re.findall(r'data-menu-item="([^"]+)"[^>]*>', page.content.decode())
    return dict.fromkeys(found, "")


@pytest.mark.parametrize("menu", sorted(MENUS - {MAIN, SETTINGS}))
def test_the_smaller_menus_show_links_in_their_places(alice: Client, menu: str) -> None:
    items = [
        MenuItem("probes.a", "A", "/a/", menu=menu),
        MenuItem("probes.z", "Z", "/z/", menu=menu, place=before("probes.a")),
        MenuItem("probes.lost", "Lost", "/lost/", menu=menu, place=before("probes.nowhere"), priority=9),
        MenuItem("probes.gated", "Gated", "/gated/", menu=menu, features=("audit_logs.view_tenant",)),
    ]
    with declared(MENU, *items):
        page = alice.get("/backend/")
    assert list(links(page)) == ["probes.z", "probes.a", "probes.lost"]
    assert 'href="/z/"' in page.content.decode()


def test_the_sidebar_has_settings_and_items_beside_others(alice: Client) -> None:
    items = [
        MenuItem("probes.setting", "Setting", "/setting/", menu=SETTINGS),
        MenuItem("probes.beside", "Beside", "/beside/", group="shelf", place=after("shelf.book"), priority=99),
    ]
    with declared(MENU, *items):
        groups = {item["title"]: item["items"] for item in alice.get("/backend/").context["sidebar_navigation"]}
    assert [item["link"] for item in groups["Settings"]] == ["/setting/"]
    assert [item["title"] for item in groups["Shelf"]] == ["Books", "Beside", "Shelves"]


@pytest.mark.parametrize(("menu", "code"), [("menu:portal:sidebar:main", "kernel.W043"), ("menu:x", "kernel.E043")])
def test_a_menu_that_is_not_drawn_is_told(menu: str, code: str) -> None:
    with declared(MENU, MenuItem("probes.item", "Item", "/", menu=menu)):
        assert [item.id for item in check_extensions(None)] == [code]
