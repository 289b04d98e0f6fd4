"""The files of a record in a real browser: adding, refusing, removing with a way back, by mouse, keyboard and drop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.currencies.models import Currency
from tests.attachments import factories as made
from tests.backoffice.currencies import change_url, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]

LIBRARY = "/backend/attachments/attachment/"
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def record(house: House) -> Currency:
    return make_currency(house, "EUR")


def brought(*names: str) -> list[Any]:
    """Files as somebody would choose them."""
    contents = {"png": made.picture(800, 500), "svg": made.SVG, "exe": b"MZ\x90\x00", "txt": made.TEXT}
    return [{"name": name, "mimeType": "", "buffer": contents[name.rpartition(".")[2]]} for name in names]


def add(page: Page, *names: str) -> None:
    """Choose files in the box, and wait for the last of them."""
    page.set_input_files("[data-files-chosen]", brought(*names))
    expect(page.locator("[data-files-coming] li")).to_have_count(0)
    expect(page.locator("[data-files-said]")).to_be_visible()


def drawn(page: Page) -> None:
    """Wait for the one thumbnail of the page."""
    page.locator(".ag-file__picture img").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.ag-file__picture img').naturalWidth > 0")


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_files_are_added_and_refused(
    desk: Callable[..., Desk], record: Currency, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    page.goto(change_url(record))
    shoot(page, f"files-empty-{look}")
    faults = faults_of(page, "empty")
    add(page, "holiday.png", "a rather long name of a contract that nobody has read to its end, signed.txt", "logo.svg")
    expect(page.locator("[data-files-shown] li")).to_have_count(3)
    made.run_work()
    page.reload()
    drawn(page)
    shoot(page, f"files-full-{look}")
    faults += faults_of(page, "full")
    add(page, "setup.exe")
    assert "setup.exe" in page.locator("[data-files-words]").inner_text()
    shoot(page, f"files-refused-{look}")
    faults += faults_of(page, "refused")
    expect(page.locator("[data-files-shown] li")).to_have_count(3)
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "400" not in item] == []


def test_a_file_is_removed_and_brought_back_by_the_keyboard(desk: Callable[..., Desk], record: Currency) -> None:
    page = desk("*").page()
    page.goto(change_url(record))
    add(page, "notes.txt")
    page.locator("[data-remove]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-files-shown] li")).to_have_count(0)
    expect(page.locator("[data-files-undo]")).to_be_focused()
    shoot(page, "files-removed")
    page.keyboard.press("Enter")
    expect(page.locator("[data-files-shown] li")).to_have_count(1)
    expect(page.locator("[data-files-words]")).to_contain_text("notes.txt")


def test_a_file_is_dropped(desk: Callable[..., Desk], record: Currency) -> None:
    page = desk("*").page()
    page.goto(change_url(record))
    page.evaluate(
        """() => {
            const carried = new DataTransfer();
            carried.items.add(new File(["dropped"], "dropped.txt"));
            const box = document.querySelector("[data-files]");
            for (const name of ["dragover", "drop"]) {
                box.dispatchEvent(new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true }));
            }
        }"""
    )
    expect(page.locator("[data-files-shown] .ag-file__name")).to_have_text("dropped.txt")


def test_a_file_is_downloaded(desk: Callable[..., Desk], record: Currency) -> None:
    page = desk("*").page()
    page.goto(change_url(record))
    add(page, "logo.svg")
    with page.expect_download() as download:
        page.locator("[data-files-shown] a[href*=download]").click()
    assert download.value.suggested_filename == "logo.svg"
    assert Path(download.value.path()).read_bytes() == made.SVG


def test_who_only_sees_the_record_gets_no_buttons(desk: Callable[..., Desk], record: Currency) -> None:
    page = desk("*").page()
    page.goto(change_url(record))
    add(page, "notes.txt")
    reader = desk("currencies.view", name="Carol").page()
    reader.goto(change_url(record))
    expect(reader.locator("[data-files-shown] li")).to_have_count(1)
    assert reader.locator("[data-files-add], [data-remove]").count() == 0
    nobody = desk("directory.organizations.view", name="Dora").page()
    assert nobody.goto(change_url(record)).status in {403, 404}  # type: ignore[union-attr]


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_the_library(
    desk: Callable[..., Desk], record: Currency, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    page.goto(LIBRARY)
    shoot(page, f"library-empty-{look}")
    faults = faults_of(page, "empty")
    page.goto(change_url(record))
    add(page, "holiday.png", "notes.txt", "logo.svg")
    made.run_work()
    page.goto(LIBRARY)
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    drawn(page)
    shoot(page, f"library-full-{look}")
    faults += faults_of(page, "full")
    page.goto(f"{LIBRARY}?q=notes")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.goto(f"{LIBRARY}?family=picture&entity=currencies.currency&status=clean")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    page.goto(f"{LIBRARY}?q=holiday")
    page.locator("#result_list tbody th a, #result_list tbody a[href*=change]").first.click()
    page.wait_for_selector("[name=note]")
    shoot(page, f"library-file-{look}")
    faults += faults_of(page, "file")
    page.fill("[name=name]", "holiday.exe")
    page.locator("button[name=_save], input[name=_save]").first.click()
    page.wait_for_selector("[name=note]")
    shoot(page, f"library-file-refused-{look}")
    faults += faults_of(page, "file-refused")
    assert not faults, "\n".join(faults)


def test_the_box_speaks_polish(desk: Callable[..., Desk], record: Currency) -> None:
    page = desk("*").page()
    page.goto("/backend/")
    page.context.add_cookies([{"name": "django_language", "value": "pl", "url": page.url}])
    page.goto(change_url(record))
    add(page, "holiday.png")
    expect(page.locator("#ag-files-heading")).to_have_text("Pliki")
    expect(page.locator("[data-files-words]")).to_have_text("Dodano: holiday.png")
    shoot(page, "files-polish")
    page.goto(LIBRARY)
    shoot(page, "library-polish")
