"""Tools of lists in a real browser: changing many, exporting, restoring, the timeline; by keyboard, small and dark."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.backoffice.lists import BOOKS, books_now
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.kernel.books import make_books
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]


@pytest.fixture(autouse=True)
def _media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


def choose(page: Page, action: str, *, rows: int) -> None:
    """Tick rows and run an action, with keys alone."""
    boxes = page.locator("input[name=_selected_action]")
    expect(boxes.first).to_be_attached()
    for number in range(rows):
        boxes.nth(number).focus()
        page.keyboard.press("Space")
    page.select_option("select[name=action]", action)
    page.locator("button[name=index]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    """Press a button by its name, with the keyboard, and wait for the page that it leads to."""
    page.get_by_role("button", name=name, exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_many_are_changed_after_a_preview_and_taken_back_by_one_undo(house: House, desk: Seat) -> None:
    make_books(house, {"pages": 1}, {"pages": 9}, {"pages": 3})
    alice = desk("*")
    page = alice.page()
    page.set_default_timeout(8_000)
    page.goto(BOOKS)
    choose(page, "edit_selected", rows=3)
    expect(page.get_by_role("heading", name="Change 3 books")).to_be_visible()
    page.locator("#id_pages").focus()
    page.keyboard.type("9")
    expect(page.get_by_label("Change “Pages”")).to_be_checked()
    press(page, "Preview")
    expect(page.get_by_role("list", name="Outcome of the trial")).to_contain_text("2 would change")
    expect(page.get_by_role("row", name="Book 2 Pages 3 9")).to_be_visible()
    assert {row.pages for row in books_now(house).values()} == {1, 9, 3}
    press(page, "Change 2 records")
    expect(page.get_by_role("status").filter(has_text="Done for 2 records.")).to_be_visible()
    assert {row.pages for row in books_now(house).values()} == {9}
    undo = page.get_by_role("status").get_by_role("button", name="Undo")
    expect(undo).to_have_count(1)
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_role("button", name="Redo")).to_be_visible()
    assert sorted(row.pages for row in books_now(house).values()) == [1, 3, 9]
    assert alice.complaints == []


def test_wrong_values_stand_beside_their_fields(house: House, desk: Seat) -> None:
    make_books(house, {})
    page = desk("*").page()
    page.goto(BOOKS)
    choose(page, "edit_selected", rows=1)
    page.locator("#id_pages").fill("-5")
    page.locator("#id_price").fill("0.123456")
    press(page, "Preview")
    expect(page.get_by_text("Ensure that there are no more than 4 decimal places.")).to_be_visible()
    expect(page.locator("#id_price")).to_have_value("0.123456")
    expect(page.get_by_label("Change “Pages”")).to_be_checked()


def test_the_menu_downloads_what_the_list_shows(house: House, desk: Seat) -> None:
    make_books(house, {"kind": "atlas"}, {"kind": "novel"})
    alice = desk("*")
    page = alice.page()
    page.goto(f"{BOOKS}?kind=atlas")
    menu = page.locator("summary", has_text="Export")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_label("All fields").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="CSV").focus()
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    with Path(coming.value.path()).open() as file:
        [row] = csv.DictReader(file)
    assert (row["title"], row["kind"], "created_at" in row) == ("Book 0", "atlas", True)
    assert coming.value.suggested_filename.endswith(".csv")
    page.keyboard.press("Escape")
    expect(page.get_by_label("All fields")).to_be_hidden()


def test_what_was_deleted_is_restored(house: House, desk: Seat) -> None:
    make_books(house, {}, {})
    page = desk("*").page()
    page.goto(BOOKS)
    choose(page, "delete_selected", rows=2)
    press(page, "Delete")
    page.get_by_role("link", name="Deleted").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Choose “Book 1”").focus()
    page.keyboard.press("Space")
    press(page, "Restore")
    expect(page.get_by_role("status").filter(has_text="1 deletion taken back.")).to_be_visible()
    assert list(books_now(house)) == ["B1"]
    expect(page.get_by_label("Choose “Book 0”")).to_be_visible()


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_every_page_is_usable(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    title = {"title": "A title that is rather long, as titles of books in old libraries are wont to be"}
    books = make_books(house, *({"pages": n, **(title if n == 1 else {})} for n in range(4)))
    alice, look = desk("*"), request.node.callspec.id
    page, faults = alice.page(size=size, dark=dark), list[str]()

    def judge(name: str) -> None:
        shoot(page, f"lists-{name}-{look}")
        faults.extend(faults_of(page, name))

    page.goto(f"{BOOKS}deleted/")
    judge("trash-empty")
    page.goto(BOOKS)
    page.locator("summary", has_text="Export").click()
    judge("menu")
    page.keyboard.press("Escape")
    choose(page, "export_selected", rows=2)
    judge("export-selected")
    page.goto(BOOKS)
    choose(page, "edit_selected", rows=4)
    judge("bulk-fields")
    press(page, "Preview")
    judge("bulk-nothing-ticked")
    page.locator("#id_pages").fill("2")
    press(page, "Preview")
    judge("bulk-preview")
    press(page, "Change 3 records")
    page.goto(f"{BOOKS}{books[1].pk}/timeline/")
    judge("timeline")
    page.goto(BOOKS)
    choose(page, "delete_selected", rows=3)
    press(page, "Delete")
    page.goto(f"{BOOKS}deleted/")
    judge("trash")
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "400" not in item] == []
