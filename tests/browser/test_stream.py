"""The live stream in a real browser: DOM events, tabs that share one connection, breaks, and the notice on records."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.auth.services.users import end_user_sessions
from apps.currencies.services import delete_currency, update_currency
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import scope_as, system
from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import PHONE, Desk, shoot
from tests.kernel.streams import streaming
from tests.kernel.web_servers import Server
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
# What pages are told, kept where a test can read it.
EARS = """
window.heard = []; window.again = [];
addEventListener("agora:event", (event) => window.heard.push(event.detail));
addEventListener("agora:reconnected", (event) => window.again.push(event.detail.gap));
"""


@pytest.fixture
def web(house: House) -> Iterator[Server]:
    with streaming(AGORA_STREAM_HEARTBEAT="1") as found:
        yield found


@pytest.fixture
def server(web: Server) -> str:
    return f"http://127.0.0.1:{web.port}"


def eared(desk: Desk, **look: Any) -> Page:
    page = desk.page(**look)
    page.add_init_script(EARS)
    return page


def until(page: Page, holds: str) -> None:
    """Wait for a condition; the pages' policy lets nobody evaluate one inside them."""
    for _ in range(600):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    state = page.evaluate("[document.documentElement.dataset.live, window.heard, window.again]")
    raise AssertionError(f"not in time: {holds}; the stream, what was heard, and breaks: {state}")


def open_live(page: Page, address: str) -> None:
    page.goto(address)
    until(page, "document.documentElement.dataset.live === 'open'")


def change(house: House, currency: Any, name: str, **scope: Any) -> None:
    with using_scope(scope.get("scope") or house.scope()):
        update_currency(currency.pk, name=name)


def names(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.heard.map((item) => item.name)")
    return found


def test_a_page_hears_what_happens_and_says_that_its_record_has_changed(house: House, desk: Seat) -> None:
    euro, zloty, alice = make_currency(house, "EUR", name="Euro"), make_currency(house, "PLN"), desk("*")
    page = eared(alice)
    open_live(page, f"{LIST}{euro.pk}/change/")
    notice = page.locator("[data-record-changed]")
    expect(notice).to_be_hidden()
    change(house, zloty, "Not this one")
    until(page, "window.heard.length === 1")
    expect(notice).to_be_hidden()
    change(house, euro, "European money")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Somebody else has changed this record since you opened it.")
    assert names(page) == ["currencies.currency.updated"] * 2
    shoot(page, "record-changed")
    notice.get_by_role("link", name="Load anew").click()
    expect(page.locator("#id_name")).to_have_value("European money")
    until(page, "document.documentElement.dataset.live === 'open'")
    expect(notice).to_be_hidden()  # it hears of the change again, and knows it
    with using_scope(house.scope()):
        delete_currency(euro.pk)
    expect(notice).to_contain_text("This record has been deleted since you opened it.")
    assert alice.complaints == []


def test_the_notice_in_other_looks_and_of_ones_own_change(house: House, desk: Seat) -> None:
    euro, alice = make_currency(house, "EUR", name="Euro"), desk("*")
    assert alice.user is not None
    pages = {"phone": eared(alice, size=PHONE), "dark": eared(alice, dark=True)}
    for page in pages.values():
        open_live(page, f"{LIST}{euro.pk}/change/")
    change(house, euro, "Mine", scope=scope_as(house, alice.user))
    for look, page in pages.items():
        notice = page.locator("[data-record-changed]")
        expect(notice).to_contain_text("You have changed this record elsewhere since you opened it here.")
        shoot(page, f"record-changed-{look}")
    width = pages["phone"].evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]


def test_tabs_share_one_connection_and_another_takes_over(house: House, desk: Seat, web: Server) -> None:
    euro, alice = make_currency(house, "EUR", name="Euro"), desk("*")
    first = eared(alice)
    open_live(first, LIST)
    second = first.context.new_page()
    second.add_init_script(EARS)
    second.goto(LIST)
    change(house, euro, "One")
    for page in (first, second):
        until(page, "window.heard.length === 1")
    assert "agora_streams 1.0" in web.get("/metrics").text
    first.close()
    until(second, "document.documentElement.dataset.live === 'open'")
    change(house, euro, "Two")
    until(second, "window.heard.length === 2")
    assert second.evaluate("new Set(window.heard.map((item) => item.id)).size") == 2


def test_a_page_comes_back_after_a_break_and_has_missed_nothing(house: House, desk: Seat, web: Server) -> None:
    euro, alice = make_currency(house, "EUR", name="Euro"), desk("*")
    page = eared(alice)
    open_live(page, LIST)
    os.kill(web.process_id, signal.SIGHUP)  # the server changes its processes, and streams end with the former
    change(house, euro, "Meanwhile")
    until(page, "window.heard.length === 1 && window.again.length > 0")
    change(house, euro, "Afterwards")
    until(page, "window.heard.length === 2")
    assert page.evaluate("window.again").count(True) == 0


def test_a_page_whose_session_has_ended_stops_hearing(house: House, desk: Seat) -> None:
    euro, alice = make_currency(house, "EUR", name="Euro"), desk("*")
    assert alice.user is not None
    page = eared(alice)
    open_live(page, LIST)
    with using_scope(system(house)):
        end_user_sessions(alice.user.pk)
    until(page, "document.documentElement.dataset.live === 'broken'")
    change(house, euro, "Not for you")
    page.wait_for_timeout(4_000)
    assert names(page) == []
