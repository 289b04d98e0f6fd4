"""The tab of a customer's files in a browser: several at once, by a drop, and removed with a way back by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.attachments.factories import run_work
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.browser.test_files import add
from tests.browser.watching import violations
from tests.customers.factories import make_company, make_person
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
LONG = "a rather long name of a contract that nobody has read to its end, signed.txt"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def address(house: House) -> str:
    return f"/backend/customers/person/{make_person(house).pk}/"


def numbered(page: Page) -> Any:
    """The number behind the tab's name."""
    return page.locator('[data-tab-number="attachments.tab"]')


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_files_are_found_by_their_tab(
    desk: Callable[..., Desk], address: str, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    page.goto(f"{address}overview/")
    page.locator(".ag-tabs").get_by_role("link", name="Files").press("Enter")
    expect(page.get_by_role("heading", name="There are no files here yet")).to_be_visible()
    shoot(page, f"customer-files-empty-{look}")
    faults = [*faults_of(page, "empty"), *violations(page, "empty")]
    add(page, "holiday.png", LONG, "logo.svg")
    expect(numbered(page)).to_have_text("3")
    run_work()
    page.reload()
    shoot(page, f"customer-files-full-{look}")
    faults += [*faults_of(page, "full"), *violations(page, "full")]
    add(page, "setup.exe")
    shoot(page, f"customer-files-refused-{look}")
    faults += [*faults_of(page, "refused"), *violations(page, "refused")]
    expect(numbered(page)).to_have_text("3")
    assert faults == []
    assert [item for item in alice.complaints if "400" not in item] == []


def test_files_are_dropped_removed_and_brought_back(desk: Callable[..., Desk], house: House) -> None:
    alice, company = desk("*"), make_company(house)
    page = alice.page()
    page.goto(f"/backend/customers/company/{company.pk}/files/")
    page.evaluate(
        """() => {
            const carried = new DataTransfer(), box = document.querySelector("[data-files]");
            for (const name of ["one.txt", "two.txt"]) { carried.items.add(new File(["dropped"], name)); }
            for (const name of ["dragover", "drop"]) {
                box.dispatchEvent(new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true }));
            }
        }"""
    )
    expect(page.locator("[data-files-shown] .ag-file__name")).to_have_text(["one.txt", "two.txt"])
    expect(numbered(page)).to_have_text("2")
    page.get_by_role("link", name="Remove: one.txt").press("Enter")
    expect(page.locator("[data-files-undo]")).to_be_focused()
    expect(numbered(page)).to_have_text("1")
    page.keyboard.press("Enter")
    expect(numbered(page)).to_have_text("2")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download: two.txt").press("Enter")
    assert Path(download.value.path()).read_bytes() == b"dropped"
    assert alice.complaints == []


def test_the_tab_speaks_polish(desk: Callable[..., Desk], address: str) -> None:
    page = desk("*").page()
    page.goto("/backend/")
    page.context.add_cookies([{"name": "django_language", "value": "pl", "url": page.url}])
    page.goto(f"{address}files/")
    expect(page.get_by_role("heading", name="Nie ma tu jeszcze plików")).to_be_visible()
    add(page, "holiday.png")
    expect(page.locator(".ag-tabs [aria-current]")).to_have_text("Pliki 1")
    shoot(page, "customer-files-polish")
