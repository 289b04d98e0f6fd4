"""The examples of docs/how-to/extend.md do what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from apps.kernel.extensions.entities import EXTENSIONS
from apps.kernel.extensions.menu import MENU
from apps.kernel.extensions.palette import PALETTE
from apps.kernel.extensions.spots import SPOTS, is_offered
from apps.kernel.extensions.timelines import sources_for, timeline
from apps.kernel.registry.points import POINTS
from tests.auth.factories import reading_in
from tests.kernel.books import BOOKS, librarian, make_books
from tests.support.scopes import House

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "extend.md"
EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```python\n(.*?)```", re.DOTALL)
EXAMPLES = dict(EXAMPLE.findall(PAGE.read_text()))


def run(name: str) -> SimpleNamespace:
    """The names that the example defines."""
    names: dict[str, Any] = {"__name__": f"docs.{name}"}
    exec(compile(EXAMPLES[name], f"{PAGE.name}:{name}", "exec"), names)  # noqa: S102 - our own documentation
    return SimpleNamespace(**names)


@pytest.fixture(autouse=True)
def _cleared() -> Iterator[None]:
    yield
    for point in POINTS.values():
        for name in [item for item in point if item.startswith("loans.")]:
            point.remove(name)


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


def test_an_enricher(house: House, alice: Any) -> None:
    make_books(house, {"is_lent": True}, {})
    run("enricher")
    assert [row["_loans"] for row in alice.get(BOOKS).json()["results"]] == [{"is_late": True}, {"is_late": False}]


def test_an_interceptor(house: House, alice: Any) -> None:
    run("interceptor")
    made = alice.post(BOOKS, {"title": "Dune", "code": "B1"}, content_type="application/json")
    assert (made.status_code, made.json()["pages"]) == (201, 1)
    refused = alice.delete(made.headers["Location"])
    assert (refused.status_code, refused.json()["code"]) == (409, "loans.stock_taking")


def test_a_guard(house: House, alice: Any) -> None:
    [book] = make_books(house, {})
    run("guard")
    refused = alice.delete(f"{BOOKS}{book.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "loans.sunday")


def test_a_widget(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "Dune"})
    run("widget")
    assert "Dune is at home" in alice.get(f"/backend/shelf/book/{book.pk}/change/").content.decode()
    assert "is at home" not in alice.get("/backend/shelf/book/add/").content.decode()


def test_fields_and_their_table(house: House, alice: Any) -> None:
    run("fields")
    body = {"title": "Dune", "code": "B1", "_loans": {"reader": "Ada", "way": "post", "fee": "1"}}
    made = alice.post(BOOKS, body, content_type="application/json")
    assert (made.status_code, made.json()["_loans"]["reader"]) == (201, "Ada")
    EXTENSIONS.remove("loans.facts")


def test_an_action_a_filter_and_a_badge(house: House, alice: Any) -> None:
    run("lists")
    [book] = make_books(house, {"is_lent": True})
    page = alice.get(f"/backend/shelf/book/{book.pk}/change/").content.decode()
    assert f'href="/scales/?ids={book.pk}"' in page
    assert '<span class="ag-badge ag-badge--careful">Lent</span>' in page
    assert alice.get("/backend/shelf/book/", {"loans-way": "post"}).context["cl"].result_list == []


def test_replacements(house: House, alice: Any) -> None:
    run("replacement")
    assert "<p>Own section on Start</p>" in alice.get("/backend/").content.decode()
    assert "<p>Around</p>" in alice.get("/backend/shelf/book/").content.decode()


def test_a_menu_item(house: House, alice: Any) -> None:
    run("menu")
    groups = alice.get("/backend/").context["sidebar_navigation"]
    assert ("Board", "/loans/") in [(item["title"], item["link"]) for group in groups for item in group["items"]]


def test_a_tab(house: House, alice: Any) -> None:
    run("tab")
    [book] = make_books(house, {})
    page = alice.get(f"/backend/shelf/book/{book.pk}/change/").content.decode()
    assert f'<a href="/loans/readers/?book={book.pk}">Readers</a>' in page


def test_an_override() -> None:
    made = run("override").api_docs(MENU["auth.api_docs"])
    assert (made.id, made.label, made.priority) == ("auth.api_docs", "For developers", 1)


def test_the_page_names_every_spot_and_no_other() -> None:
    pages = ("| `crud", "| `data", "| `backend", "| `detail", "| `admin", "| `global")
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(pages)]
    named = set()
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row.split("|")[1])
        stem = first.rpartition(":")[0]
        named |= {item if item == first else f"{stem}{item}" for item in (first, *others)}
    assert {item.replace("<entity>", "*") for item in named} == set(SPOTS)
    assert all(is_offered(item.replace("<entity>", "*")) for item in named)


def test_every_example_is_tried() -> None:
    assert set(EXAMPLES) == {
        "override",
        "enricher",
        "interceptor",
        "guard",
        "widget",
        "fields",
        "lists",
        "replacement",
        "menu",
        "palette",
        "tab",
        "timeline",
    }


def test_a_timeline(house: House) -> None:
    book, _other = make_books(house, {"borrowed_at": "2026-01-02T08:00:00Z"}, {"borrowed_at": "2026-01-03T08:00:00Z"})
    run("timeline")
    with reading_in(house):
        [source] = [item for item in sources_for("shelf.book") if item.id == "loans.borrowings"]
        page = timeline([source], "shelf.book", book.pk, limit=5)
    assert [(item.title, item.text) for _, item in page.moments] == [("Borrowed", "B0")]


def test_a_palette_command(alice: Any) -> None:
    run("palette")
    found = [item for item in alice.get("/backend/palette/").json()["commands"] if item["id"] == "loans.recall"]
    assert [(item["title"], item["post"], item["words"]) for item in found] == [
        ("Call late books back", "/loans/recall/", "remind")
    ]
    assert "loans.recall" in PALETTE
