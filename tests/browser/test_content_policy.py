"""The content policy in a real browser: every page works under it, and what it forbids does not run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import Desk
from tests.browser.test_looks import pages_of
from tests.browser.watching import READY, stopped, watched
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]


def open_all(page: Page, pages: dict[str, str]) -> list[str]:
    """Open each page, let its scripts run and load what they load, and name what was stopped."""
    faults: list[str] = []
    for name, address in pages.items():
        page.goto(address, wait_until="networkidle")
        faults += [f"{name}: {item}" for item in stopped(page)]
    return faults


def test_pages_before_and_behind_the_log_in_keep_to_it(house: House, desk: Seat) -> None:
    make_currency(house)
    alice, nobody = desk("*"), desk()
    assert open_all(watched(alice), {"start": "/backend/", "list": LIST}) == []
    assert open_all(watched(nobody), {"log-in": "/backend/login/", "missing": "/nowhere/"}) == []
    assert [item for item in alice.complaints if "40" not in item] == []


@pytest.mark.routes("tests.backoffice.pages")
def test_no_page_with_every_kind_of_form_violates_it(house: House, desk: Seat) -> None:
    alice = desk("*")
    assert open_all(watched(alice), pages_of(house)) == []
    assert [item for item in alice.complaints if "40" not in item] == []


@pytest.mark.routes("tests.backoffice.pages")
def test_what_moves_on_a_page_still_moves(house: House, desk: Seat) -> None:
    make_currency(house, "EUR", name="Euro")
    alice = desk("*")
    page = watched(alice)
    page.goto(LIST)
    page.locator("#action-toggle").check()
    expect(page.locator("#changelist-actions")).to_be_visible()
    width, least = page.locator("#changelist-actions").bounding_box(), page.locator("#changelist").bounding_box()
    assert width is not None
    assert least is not None
    assert width["width"] > least["width"] / 2
    page.get_by_role("button", name="Filters").click()
    expect(page.locator("#changelist-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("euro", delay=20)
    page.locator(".ag-results__chosen").get_by_text("EUR — Euro").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+e")
    assert stopped(page) == []
    assert [item for item in alice.complaints if "40" not in item] == []


def test_the_state_of_the_sidebar_is_remembered(house: House, desk: Seat) -> None:
    page = watched(desk("*"))
    page.goto("/backend/")
    page.wait_for_function("() => window.localStorage.getItem('sidebarDesktopOpen') === '1'")
    page.evaluate("() => { Alpine.$data(document.body).sidebarDesktopOpen = false; }")
    page.wait_for_function("() => window.localStorage.getItem('sidebarDesktopOpen') === '0'")
    page.goto(LIST)
    page.wait_for_function(READY)
    assert page.evaluate("() => Alpine.$data(document.body).sidebarDesktopOpen") is False


ADD = "const add = (tag, values) => document.body.appendChild(Object.assign(document.createElement(tag), values));"
AWAY = "https://elsewhere.example/"


@pytest.mark.parametrize(
    ("attempt", "directive"),
    [
        pytest.param("add('script', {textContent: 'window.ran = 1'})", "script-src-elem inline", id="inline-script"),
        pytest.param(
            "add('p', {innerHTML: '<img src=x onerror=\"ran = 1\">'})", "script-src-attr inline", id="handler"
        ),
        pytest.param("add('script', {src: 'data:text/javascript,ran=1'})", "script-src-elem data", id="script-of-data"),
        pytest.param(f"add('script', {{src: '{AWAY}'}})", f"script-src-elem {AWAY}", id="script-of-elsewhere"),
        pytest.param("setTimeout('window.ran = 1')", "script-src eval", id="text-as-code"),
        pytest.param("add('style', {textContent: 'body {color: red}'})", "style-src-elem inline", id="inline-style"),
        pytest.param(
            "add('p', {innerHTML: '<b style=\"color: red\">'})", "style-src-attr inline", id="style-attribute"
        ),
        pytest.param(f"add('img', {{src: '{AWAY}'}})", f"img-src {AWAY}", id="picture-of-elsewhere"),
        pytest.param(f"fetch('{AWAY}').catch(() => 0)", f"connect-src {AWAY}", id="sending-away"),
        pytest.param(f"add('form', {{action: '{AWAY}'}}).submit()", f"form-action {AWAY}", id="form-to-elsewhere"),
        pytest.param("add('iframe', {src: '/backend/'})", "frame-src http", id="frame"),
        pytest.param(f"add('base', {{href: '{AWAY}'}})", f"base-uri {AWAY}", id="base"),
    ],
)
def test_what_is_smuggled_in_does_nothing(desk: Seat, attempt: str, directive: str) -> None:
    page = watched(desk())
    page.goto("/backend/login/")
    page.evaluate(f"() => {{ {ADD} {attempt}; }}")
    page.wait_for_function("() => window.violations.length > 0")
    assert stopped(page)[0].startswith(directive)
    assert page.evaluate("() => window.ran === undefined")


def test_an_expression_that_is_smuggled_in_reaches_nothing(desk: Seat) -> None:
    page = watched(desk())
    page.goto("/backend/login/")
    page.wait_for_function(READY)
    expressions = (
        "$el.ownerDocument.title = 'ran'",
        "theme.constructor('window.ran = 1')()",
        "fetch('/')",
        "window.ran = 1",
    )
    markup = "".join(f'<p x-init="{item}"></p>' for item in expressions)
    page.evaluate(
        "(markup) => document.body.insertAdjacentHTML('beforeend', markup)", markup + "<p x-text='20 + 2'></p>"
    )
    expect(page.get_by_text("22", exact=True)).to_have_count(1)
    assert page.evaluate("() => window.ran === undefined && document.title !== 'ran'")
