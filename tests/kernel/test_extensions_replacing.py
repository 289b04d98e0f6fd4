"""Pages, lists, forms and sections that modules replace, wrap, or give other variables."""

from __future__ import annotations

from typing import Any

import pytest

from apps.kernel.extensions.checks import check_extensions
from apps.kernel.extensions.replacing import REPLACEMENTS, Replacement
from apps.kernel.extensions.replacing import replacement as declare
from tests.kernel.books import librarian, make_books
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House

BOOKS = "/backend/shelf/book/"


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


def replacing(handle: str, name: str = "probes.one", **values: Any) -> Replacement:
    return Replacement(name, handle, **values)


def html(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("handle", "address"),
    [
        ("page:start", "/backend/"),
        ("page:currencies/converter", "/backend/currencies/converter/"),
        ("data-table:shelf.book", BOOKS),
        ("data-table:*", BOOKS),
        ("crud-form:shelf.book", f"{BOOKS}add/"),
    ],
)
def test_a_page_is_drawn_by_another_template(house: House, alice: Any, handle: str, address: str) -> None:
    client = librarian(house, "currencies.*")
    with declared(REPLACEMENTS, replacing(handle, template="shelf/other.html", context=lambda given: {"more": "more"})):
        shown = html(client, address)
        others = html(client, "/backend/shelf/shelf/add/")
    assert shown.startswith('<html lang="en"><body>Other page: ')
    assert " more</body>" in shown
    assert "Other page" not in others
    assert "Other page" not in html(client, address)


def test_wrappers_stand_around_each_other(house: House, alice: Any) -> None:
    make_books(house, {"title": "Still here"})
    inner = replacing("data-table:shelf.book", wrapper="shelf/around.html")
    outer = replacing("page:shelf/*", "probes.two", wrapper="shelf/outside.html", priority=5)
    with declared(REPLACEMENTS, outer, inner):
        shown = html(alice, BOOKS)
    assert shown.index("<p>Outside</p>") < shown.index("<p>Around</p>") < shown.index("Still here")


def test_a_later_template_wins_and_a_wrapper_stays_around_what_came_before(house: House, alice: Any) -> None:
    first = replacing("page:start", template="shelf/nothing.html")
    last = replacing("page:start", "probes.two", template="shelf/other.html", priority=5)
    with declared(REPLACEMENTS, first, last):
        assert "Other page" in html(alice, "/backend/")


def test_a_section_is_replaced_and_wrapped(house: House, alice: Any) -> None:
    plain = html(alice, "/backend/")
    section = "section:backoffice.start.changes"
    with declared(REPLACEMENTS, replacing(section, wrapper="shelf/framed.html")):
        framed = html(alice, "/backend/")
    with declared(
        REPLACEMENTS,
        replacing(section, template="shelf/section.html", context=lambda given: {"more": given["title"]}),
        replacing(section, "probes.two", wrapper="shelf/framed.html", priority=5),
    ):
        own = html(alice, "/backend/")
    assert "ag-latest" in plain
    assert '<div class="framed"><section aria-labelledby="ag-latest">' in framed
    assert '<div class="framed"><p>Own section Start</p>\n</div>' in own
    assert "ag-latest" not in own


def broken(given: Any) -> Any:
    raise RuntimeError("broken")


@pytest.mark.parametrize("handle", ["page:start", "section:backoffice.start.changes"])
def test_variables_that_fail_leave_the_page(house: House, alice: Any, handle: str) -> None:
    with declared(REPLACEMENTS, replacing(handle, context=broken)):
        assert "ag-latest" in html(alice, "/backend/")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [({"handle": "corner:x", "template": "a.html"}, "no handle"), ({"handle": "page:start"}, "replaces nothing")],
)
def test_a_replacement_that_cannot_be_meant_is_none(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        declare(replacing(**values))


def test_checks_name_missing_templates_and_sections() -> None:
    lost = replacing("section:nowhere", template="shelf/nothing.html", wrapper="shelf/framed.html")
    with declared(REPLACEMENTS, lost):
        assert [item.id for item in check_extensions(None)] == ["kernel.E044", "kernel.E054"]
