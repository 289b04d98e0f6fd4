"""The import of a file in a real browser: at a desk, on a dark phone, by keyboard, in Polish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.kernel.work.sweeper import sweep
from tests.browser.conftest import PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.kernel.books import make_books
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LIST = "/backend/shelf/book/"
PATIENCE = 30_000  # ms that a page has to look after its run on a busy machine
Seat = Callable[..., Desk]
TABLE = "title,code,price,published_on,other\nDune,A,3,2020-01-02,x\nEarth,B,many,03/04/2021,y\nNew,C,,,\nNew,C,5,,\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path


def written(folder: Path, text: str = TABLE, name: str = "books.csv") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def judge(page: Page) -> None:
    assert faults_of(page, page.url) == []


def opened_columns(page: Page, files: Path) -> None:
    page.goto(f"{LIST}import/")
    page.get_by_label("A table as CSV or XLSX").set_input_files(written(files))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Where the columns go")).to_be_visible()


def test_a_file_is_imported_and_undone_at_a_desk(house: House, desk: Seat, files: Path) -> None:
    make_books(house, {"code": "A", "title": "Dune", "price": 2})
    seated = desk("*")
    page = seated.page()
    page.goto(LIST)
    page.get_by_role("link", name="Import").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    judge(page)
    shoot(page, "import-1-upload")
    opened_columns(page, files)
    expect(page.get_by_label("How price is written")).to_be_visible()
    expect(page.get_by_label("How title is written")).to_be_hidden()
    judge(page)
    shoot(page, "import-2-columns")
    page.get_by_role("button", name="Check, without importing").click()
    expect(page.get_by_text("The file is being checked")).to_be_visible()
    judge(page)
    shoot(page, "import-3-checking")
    sweep("work")
    expect(page.get_by_text("would be added")).to_be_visible(timeout=PATIENCE)
    judge(page)
    shoot(page, "import-4-checked")
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("The file is being imported")).to_be_visible()
    shoot(page, "import-5-running")
    sweep("work")
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible(timeout=PATIENCE)
    judge(page)
    shoot(page, "import-6-done")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("This import has been undone.")).to_be_visible()
    shoot(page, "import-7-undone")
    assert seated.complaints == []


def test_a_dark_phone_has_room_for_all_of_it(house: House, desk: Seat, files: Path) -> None:
    page = desk("*").page(size=PHONE, dark=True)
    opened_columns(page, files)
    judge(page)
    shoot(page, "import-phone-columns")
    page.get_by_text("How the file is read").click()
    judge(page)
    shoot(page, "import-phone-layout")
    page.get_by_role("button", name="Check, without importing").click()
    sweep("work")
    expect(page.get_by_text("would be added")).to_be_visible(timeout=PATIENCE)
    judge(page)
    shoot(page, "import-phone-checked")


def test_wrong_files_are_refused_on_the_page(desk: Seat, files: Path) -> None:
    page = desk("*").page()
    page.goto(f"{LIST}import/")
    page.get_by_label("A table as CSV or XLSX").set_input_files(written(files, "%PDF-1.7", "letter.csv"))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert").first).to_contain_text("neither a CSV file nor an XLSX workbook")
    judge(page)
    shoot(page, "import-refused")


def test_two_columns_of_one_field_are_named_beside_them(desk: Seat, files: Path) -> None:
    page = desk("*").page()
    opened_columns(page, files)
    page.get_by_label("Field for other").select_option("title")
    page.get_by_role("button", name="Check, without importing").click()
    expect(page.get_by_text("Two columns go to Title.")).to_be_visible()
    judge(page)
    shoot(page, "import-wrong-columns")


def test_the_keyboard_is_enough(desk: Seat, files: Path) -> None:
    page = desk("*").page()
    opened_columns(page, files)
    page.get_by_label("Field for other").focus()
    page.keyboard.type("Notes")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Check, without importing").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The file is being checked")).to_be_visible()


def test_all_of_it_is_said_in_polish(desk: Seat, files: Path) -> None:
    page = desk("*").page(size=PHONE)
    page.goto(f"{LIST}import/")
    page.context.add_cookies([{"name": "django_language", "value": "pl", "url": page.url}])
    page.reload()
    page.get_by_label("Tabela jako CSV lub XLSX").set_input_files(written(files))
    page.get_by_role("button", name="Dalej").click()
    expect(page.get_by_role("heading", name="Dokąd trafiają kolumny")).to_be_visible()
    judge(page)
    page.get_by_role("button", name="Sprawdź bez importowania").click()
    sweep("work")
    expect(page.get_by_text("do dodania")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("To nie jest liczba.")).to_be_visible()
    judge(page)
    shoot(page, "import-polish")


def test_a_file_may_be_dropped(desk: Seat, files: Path) -> None:
    page = desk("*").page()
    page.goto(f"{LIST}import/")
    drop = """() => {
        const data = new DataTransfer();
        data.items.add(new File(["title,code\\nA,A\\n"], "dropped.csv", { type: "text/csv" }));
        document.querySelector("[data-import-drop]").dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(drop)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("dropped.csv")).to_be_visible()


def test_a_check_that_is_stopped_in_another_window_leads_back_to_the_columns(
    house: House, desk: Seat, files: Path
) -> None:
    page = desk("*").page()
    opened_columns(page, files)
    page.get_by_role("button", name="Check, without importing").click()
    expect(page.get_by_text("The file is being checked")).to_be_visible()
    other = page.context.new_page()
    other.goto("/backend/")
    other.get_by_role("button", name="Stop").click()
    expect(other.locator(".ag-strip")).to_contain_text("cancelled")
    sweep("work")
    expect(page.get_by_role("heading", name="Where the columns go")).to_be_visible(timeout=PATIENCE)
