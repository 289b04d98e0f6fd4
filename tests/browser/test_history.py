"""Pages of the history in a real browser: nothing is missing, unreadable or wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.audit_logs.calls import add_book, caller, change
from tests.audit_logs.test_reads_api import make_read
from tests.auth.factories import make_user
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_pages_of_the_history(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = caller(house, "*", name="Alice Example")
    book = add_book(alice, notes="plot").json()["id"]
    action = change(alice, book, title="Dune Messiah", kind="atlas", price="12.50")
    users = [make_user(house, name=f"User {number}").pk for number in range(5)]
    read = make_read(house.scope(), *users)
    page, faults = desk("*").page(size=size, dark=dark), list[str]()
    addresses = {
        "history": f"/backend/shelf/book/{book}/history/",
        "history-narrowed": f"/backend/shelf/book/{book}/history/?field=title",
        "history-related": f"/backend/shelf/book/{book}/history/?related=true",
        "changes": "/backend/audit_logs/action/?kind=shelf.book",
        "change": f"/backend/audit_logs/action/{action}/change/",
        "plan": f"/backend/undo/{action}/",
        "reads": "/backend/audit_logs/readaccess/",
        "read": f"/backend/audit_logs/readaccess/{read.pk}/change/",
    }
    for name, address in addresses.items():
        answer = page.goto(address)
        shoot(page, f"audit-{name}-{request.node.callspec.id}")
        assert answer is not None
        assert answer.status == 200
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)


def test_a_history_is_narrowed_to_one_field(house: House, desk: Seat) -> None:
    alice = caller(house, "*", name="Alice Example")
    book = add_book(alice).json()["id"]
    change(alice, book, title="Dune Messiah")
    change(alice, book, pages=7)
    page = desk("*").page()
    page.goto(f"/backend/shelf/book/{book}/history/")
    expect(page.locator(".ag-change")).to_have_count(3)
    page.get_by_label("Show changes of").select_option(label="Title")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".ag-change")).to_have_count(2)
    expect(page.get_by_label("Show changes of")).to_have_value("title")


def test_long_words_leave_the_filter_of_a_history_on_a_phone(house: House, desk: Seat) -> None:
    book = add_book(caller(house, "*", name="Alice Example")).json()["id"]
    page = desk("*").page(size=PHONE)
    page.set_extra_http_headers({"Accept-Language": "de"})
    page.goto(f"/backend/shelf/book/{book}/history/")
    expect(page.get_by_role("button", name="Anwenden")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
