"""Lists: pages, cursors, order, fields, expansions, counts. Through the REST interface of the shelf."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.directory.callers import complaints
from tests.kernel.books import BOOKS, librarian, make_books, titles
from tests.support.scopes import House, make_house, seeding
from tests.support.shelf.models import Book, Shelf

PRICES = [None, Decimal("1.5"), Decimal("1.5"), Decimal(-2), None, Decimal(10), Decimal(0)]
LIKE_A_REQUEST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


def walk(client: Client, parameters: dict[str, Any], *, way: str = "next") -> list[str]:
    """Titles of all pages from a cursor on, following `next` or `previous`."""
    found: list[str] = []
    address: str | None = f"{BOOKS}?{urlencode(parameters)}"
    while address:
        page = client.get(address)
        found = found + titles(page) if way == "next" else titles(page) + found
        address = page.json()[way]
    return found


def test_a_page_has_count_links_and_results(house: House, alice: Any) -> None:
    make_books(house, *({"title": f"{number:02}"} for number in range(7)))
    page = alice.get(BOOKS, {"page_size": 3, "page": 2}).json()
    assert (page["count"], [row["title"] for row in page["results"]]) == (7, ["03", "04", "05"])
    assert page["next"].endswith("?page=3&page_size=3")
    assert page["previous"].endswith("?page_size=3")


def test_the_list_shows_each_value_as_the_detail_does(house: House, alice: Any) -> None:
    values = {"price": Decimal(0), "published_on": date(2020, 2, 29), "notes": "ä", "tags": ["x", "y"], "pages": 3}
    [book] = make_books(house, values)
    [row] = alice.get(BOOKS).json()["results"]
    assert row == alice.get(f"{BOOKS}{book.pk}/").json()
    assert (row["price"], row["notes"], row["created_at"][-1]) == ("0.0000", "ä", "Z")


def test_plain_columns_build_no_instances(house: House, alice: Any) -> None:
    make_books(house, {}, {})
    made: list[object] = []

    def remember(sender: type[Book], instance: Book, **_: Any) -> None:
        made.append(instance)

    post_init.connect(remember, sender=Book)
    try:
        assert len(titles(alice.get(BOOKS))) == 2
    finally:
        post_init.disconnect(remember, sender=Book)
    assert made == []


@pytest.mark.parametrize("size", [1, 60])
def test_the_number_of_queries_does_not_grow_with_the_page(house: House, alice: Any, size: int) -> None:
    make_books(house, *({} for _ in range(size)))
    alice.get(BOOKS)
    with CaptureQueriesContext(connection) as queries:
        assert len(titles(alice.get(BOOKS, {"page_size": 100, "expand": "shelf"}))) == size
    pages = [item for item in queries.captured_queries if 'FROM "shelf_book"' in item["sql"]]
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"page": "0"}, {"page": "kernel.page.invalid"}),
        ({"page": "1001"}, {"page": "kernel.page.too_far"}),
        ({"page": "99999999999999999999"}, {"page": "kernel.page.too_far"}),
        ({"page_size": "101"}, {"page_size": "kernel.page.invalid"}),
        ({"page": "٣"}, {"page": "kernel.page.invalid"}),
        ({"ordering": "nothing"}, {"ordering": "kernel.ordering.unknown"}),
        ({"fields": ""}, {"fields": "kernel.filter.empty"}),
        ({"fields": ",", "format": "csv"}, {"fields": "kernel.filter.empty"}),
        ({"ordering": "notes"}, {"ordering": "kernel.ordering.unknown"}),
        ({"ordering": "title,-title"}, {"ordering": "kernel.ordering.repeated"}),
        ({"fields": "id,secret"}, {"fields": "kernel.fields.unknown"}),
        ({"expand": "shelf.books.shelf"}, {"expand": "kernel.expand.unknown"}),
        ({"expand": "tenant"}, {"expand": "kernel.expand.unknown"}),
        ({"count": "perhaps"}, {"count": "kernel.count.unknown"}),
        ({"cursor": "nonsense"}, {"cursor": "kernel.cursor.invalid"}),
        ({"cursor": "", "page": "2"}, {"page": "kernel.page.with_cursor"}),
        ({"colour": "red"}, {"colour": "kernel.parameter.unknown"}),
        ({"cf_size": "3"}, {"cf_size": "kernel.parameter.unknown"}),
        (
            {"page": "x", "ordering": "x", "fields": "x", "pages__gte": "x"},
            {
                "page": "kernel.page.invalid",
                "ordering": "kernel.ordering.unknown",
                "fields": "kernel.fields.unknown",
                "pages__gte": "kernel.filter.invalid",
            },
        ),
    ],
)
def test_wrong_parameters_are_all_named(alice: Any, parameters: dict[str, str], expected: dict[str, str]) -> None:
    answer = alice.get(BOOKS, parameters)
    assert answer.status_code == 400
    assert complaints(answer) == expected


def test_a_parameter_that_stands_twice_is_refused(alice: Any) -> None:
    assert complaints(alice.get(f"{BOOKS}?code=a&code=b")) == {"code": "kernel.parameter.repeated"}
    assert complaints(alice.get(f"{BOOKS}?page=1&page=2")) == {"page": "kernel.parameter.repeated"}


def test_a_page_too_far_points_to_the_cursor(alice: Any) -> None:
    [problem] = alice.get(BOOKS, {"page": 1001}).json()["errors"]
    assert "cursor=" in problem["message"]


@LIKE_A_REQUEST
@given(
    picks=st.lists(st.tuples(st.sampled_from(PRICES), st.integers(0, 2), st.sampled_from("äbB c")), max_size=12),
    ordering=st.lists(st.sampled_from(["price", "pages", "title", "kind"]), min_size=1, max_size=3, unique=True),
    signs=st.lists(st.booleans(), min_size=3, max_size=3),
    size=st.integers(1, 5),
)
def test_cursors_show_every_row_once_in_the_order_of_the_pages(
    database: None, picks: list[tuple[Any, int, str]], ordering: list[str], signs: list[bool], size: int
) -> None:
    house = make_house()
    make_books(house, *({"price": price, "pages": pages, "title": title} for price, pages, title in picks))
    client = librarian(house)
    words = ",".join(f"-{name}" if sign else name for name, sign in zip(ordering, signs, strict=False))
    whole = [row["id"] for row in client.get(BOOKS, {"ordering": words, "page_size": 100}).json()["results"]]
    forth, address = [], f"{BOOKS}?{urlencode({'ordering': words, 'cursor': '', 'page_size': size})}"
    back_from = None
    while address:
        page = client.get(address).json()
        forth += [row["id"] for row in page["results"]]
        back_from, address = page["previous"], page["next"]
    assert forth == whole
    back: list[str] = []
    while back_from:
        page = client.get(back_from).json()
        back = [row["id"] for row in page["results"]] + back
        back_from = page["previous"]
    assert back == whole[: len(back)]
    assert len(back) == max(0, len(whole) - (len(whole) % size or size)) if whole else back == []


def test_inserts_before_the_cursor_move_no_page(house: House, alice: Any) -> None:
    make_books(house, *({"title": f"{number:02}"} for number in range(10, 16)))
    first = alice.get(BOOKS, {"cursor": "", "page_size": 3}).json()
    make_books(house, *({"title": f"{number:02}", "code": f"N{number}"} for number in range(3)))
    assert titles(alice.get(first["next"])) == ["13", "14", "15"]


def test_a_cursor_of_another_order_is_refused(house: House, alice: Any) -> None:
    make_books(house, *({} for _ in range(4)))
    cursor = alice.get(BOOKS, {"cursor": "", "page_size": 2}).json()["next"].partition("cursor=")[2]
    answer = alice.get(BOOKS, {"cursor": cursor, "ordering": "-title"})
    assert complaints(answer) == {"cursor": "kernel.cursor.invalid"}


@given(text=st.text(max_size=60))
@LIKE_A_REQUEST
def test_no_text_as_cursor_breaks_anything(database: None, text: str) -> None:
    client = librarian(make_house())
    assert client.get(BOOKS, {"cursor": text}).status_code in {200, 400}


def test_counting_stops_at_ten_thousand_and_says_so(house: House, alice: Any) -> None:
    make_books(house, *({} for _ in range(10_001)))
    page = alice.get(BOOKS, {"page_size": 1}).json()
    assert (page["count"], page["count_capped"]) == (10_000, True)
    none = alice.get(BOOKS, {"page_size": 1, "count": "none"}).json()
    assert none["count"] is None
    assert none["next"]
    assert "count_capped" not in none
    for asked, seen in ({"page_size": "1"}, 2), ({"cursor": "", "page_size": "1"}, 2), ({"page": "900"}, 0):
        assert alice.get(BOOKS, {**asked, "count": "estimate"}).json()["count"] >= seen, asked


def test_fields_choose_what_is_shown(house: House, alice: Any) -> None:
    [book] = make_books(house, {"pages": 7})
    assert alice.get(BOOKS, {"fields": "pages,id"}).json()["results"] == [{"id": str(book.pk), "pages": 7}]
    assert alice.get(f"{BOOKS}{book.pk}/", {"fields": "pages"}).json() == {"pages": 7}


def test_a_reference_is_expanded_as_its_own_address_shows_it(house: House, alice: Any) -> None:
    with seeding(house.scope()):
        shelf = Shelf(name="Top", organization_id=house.root.pk)
        shelf.save(force_insert=True)
    full, empty = make_books(house, {"shelf": shelf, "title": "a"}, {"title": "b"})
    rows = alice.get(BOOKS, {"expand": "shelf", "fields": "title"}).json()["results"]
    shown = alice.get(f"/api/shelf/shelves/{shelf.pk}/").json()
    assert rows == [{"title": "a", "shelf": shown}, {"title": "b", "shelf": None}]
    assert alice.get(f"{BOOKS}{full.pk}/", {"expand": "shelf"}).json()["shelf"] == shown
    assert alice.get(f"{BOOKS}{empty.pk}/", {"expand": "shelf"}).json()["shelf"] is None


def test_expanding_does_not_show_what_the_caller_may_not_read(house: House) -> None:
    from tests.currencies.factories import make_currency

    currency = make_currency(house, "EUR")
    make_books(house, {"currency_id": currency.pk})
    without, with_right = librarian(house), librarian(house, "currencies.*")
    [row] = without.get(BOOKS, {"expand": "currency"}).json()["results"]
    assert set(row["currency"]) == {"id", "label"}
    [row] = with_right.get(BOOKS, {"expand": "currency"}).json()["results"]
    assert row["currency"]["code"] == "EUR"
