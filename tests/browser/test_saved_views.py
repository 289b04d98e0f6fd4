"""Views of lists in a real browser: columns, the dialog of the advanced filter, saving, opening, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.backoffice.test_views_saved import make_view
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.entities.factories import make_field
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
LOOKS = [
    pytest.param(DESKTOP, False, id="desk"),
    pytest.param(DESKTOP, True, id="desk-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]
NAME = {"field": "name", "operator": "contains", "value": "U"}
ACTIVE = {"field": "is_active", "operator": "=", "value": True}
WHOLE = {"and": [NAME, {"or": [ACTIVE, {"field": "code", "operator": "starts_with", "value": "P"}]}]}


def where(tree: object) -> str:
    return f"{LIST}?filter={quote(json.dumps(tree))}"


@pytest.fixture(autouse=True)
def _three(house: House) -> None:
    for code in ("EUR", "PLN", "USD"):
        make_currency(house, code, is_active=code != "PLN")


def expect_rows(page: Page, codes: list[str]) -> None:
    expect(page.locator("#result_list tbody th")).to_have_text(codes)


def open_dialog(page: Page) -> None:
    page.get_by_role("button", name="Advanced filter").click()
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_the_looks_of_what_arranges_a_list(
    desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("*")
    page, faults = alice.page(size=size, dark=dark), list[str]()
    page.set_default_timeout(5000)

    def judge(name: str) -> None:
        shoot(page, f"views-{name}-{request.node.callspec.id}")
        faults.extend(faults_of(page, name))

    page.goto(where(WHOLE))
    judge("filtered")
    page.locator(".vw-columns summary").click()
    judge("columns")
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Save as").click()
    page.get_by_label("Name of the view").fill("Active ones with a long name that wraps somewhere")
    judge("saving")
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_role("navigation", name="Views")).to_contain_text("Active ones")
    judge("saved")
    page.locator(".vw-doings summary", has_text="View").click()
    judge("menu")
    page.keyboard.press("Escape")
    open_dialog(page)
    judge("dialog")
    page.goto(f"{LIST}?filter=nonsense")
    judge("wrong")
    page.goto(where({"field": "code", "operator": "=", "value": "XXX"}))
    judge("nothing")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


@pytest.mark.parametrize(("size", "dark"), LOOKS[1::2])
def test_the_looks_of_managed_views(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("*")
    assert alice.user is not None
    make_view(house, alice.user.pk, "Active ones with a long name that wraps somewhere", is_pinned=True)
    page, faults = alice.page(size=size, dark=dark), list[str]()

    def judge(name: str) -> None:
        shoot(page, f"views-{name}-{request.node.callspec.id}")
        faults.extend(faults_of(page, name))

    page.goto("/backend/backoffice/savedview/")
    judge("managed")
    with page.expect_navigation():
        page.locator("#result_list tbody th a").click()
    judge("one")
    with page.expect_navigation():
        page.get_by_role("link", name="Give it to roles").click()
    judge("sharing")
    with page.expect_navigation():
        page.get_by_role("button", name="Give it to roles").click()
    judge("sharing-nobody")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_a_view_is_made_by_keyboard_and_opens_again(desk: Seat) -> None:
    alice = desk("*")
    page = alice.page()
    page.set_default_timeout(5000)
    page.goto(LIST)
    page.locator(".vw-columns summary").press("Enter")
    for name in ("Name", "Decimal places", "Base currency", "Organization", "Actions"):
        page.get_by_label(name, exact=True).press("Space")
    for _step in range(3):
        page.get_by_role("button", name="Move Symbol down").press("Enter")
    page.get_by_label("Rows on a page").select_option("20")
    page.locator(".vw-panel").get_by_role("button", name="Apply").press("Enter")
    heads = page.locator("#result_list thead th")
    expect(heads).to_contain_text(["Select all rows", "Code", "Active", "Symbol"])
    page.get_by_role("button", name="Advanced filter").press("Enter")
    page.get_by_label("Field 1").select_option("is_active")
    page.get_by_label("Value 1").select_option("false")
    page.get_by_role("dialog").get_by_role("button", name="Apply").press("Enter")
    expect(page.locator(".vw-chip")).to_have_text("Active is noclose")
    page.locator("summary", has_text="Save as").press("Enter")
    page.get_by_label("Name of the view").fill("Off")
    page.get_by_label("Name of the view").press("Enter")
    expect(page.get_by_role("navigation", name="Views").locator("[aria-current]")).to_contain_text("Off")
    page.reload()
    expect_rows(page, ["PLN"])
    expect(heads).to_contain_text(["Select all rows", "Code", "Active", "Symbol"])
    page.get_by_role("link", name="Remove: Active is no").press("Enter")
    expect(page.get_by_role("navigation", name="Views").locator("[aria-current]")).to_contain_text("changed")
    expect_rows(page, ["EUR", "PLN", "USD"])
    page.get_by_role("link", name="Reset").press("Enter")
    expect_rows(page, ["PLN"])
    assert alice.complaints == []


def test_groups_are_built_without_a_mouse_and_wrong_rows_are_marked(desk: Seat) -> None:
    page = desk("*").page()
    page.goto(LIST)
    page.get_by_role("button", name="Advanced filter").press("Enter")
    page.get_by_label("Field 1").select_option("code")
    page.get_by_role("dialog").get_by_role("button", name="Apply").press("Enter")
    expect(page.locator(".vw-row__fault")).to_have_text("Give a value.")
    page.get_by_label("Comparison 1").select_option("not_contains")
    page.get_by_label("Value 1").fill("E")
    page.get_by_role("button", name="Add a group").press("Enter")
    expect(page.get_by_label("Field 2")).to_be_focused()
    page.get_by_label("Field 2").select_option("is_active")
    page.get_by_label("Value 2").select_option("false")
    page.locator(".vw-group .vw-group").get_by_role("button", name="Add a condition").press("Enter")
    page.get_by_label("Field 3").select_option("created_at")
    page.get_by_label("Comparison 3").select_option("<")
    page.get_by_label("Value 3").fill("2020-01-31")
    page.get_by_role("dialog").get_by_role("button", name="Apply").press("Enter")
    expect(page.locator(".vw-chip")).to_have_count(2)
    expect_rows(page, ["PLN"])
    page.get_by_role("button", name="Advanced filter").press("Enter")
    expect(page.get_by_label("Value 3")).to_have_value("2020-01-31")
    page.get_by_role("button", name="Remove this group").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Remove all").press("Enter")
    expect(page.locator(".vw-chip")).to_have_count(0)


def test_what_the_server_does_not_understand_is_marked_at_its_place(house: House, desk: Seat) -> None:
    make_field(house, "size", is_listed=True)
    make_currency(house, "CHF", custom={"size": 12345678901})
    page = desk("*").page()
    page.goto(LIST)
    page.get_by_role("button", name="Advanced filter").press("Enter")
    page.get_by_label("Field 1").select_option("code")
    page.get_by_label("Value 1").fill("CHF")
    page.get_by_role("button", name="Add a condition").press("Enter")
    page.get_by_label("Field 2").select_option("cf_size")
    page.get_by_label("Value 2").fill("1" * 45)
    page.get_by_role("dialog").get_by_role("button", name="Apply").press("Enter")
    expect(page.locator(".vw-row").nth(1).locator(".vw-row__fault")).to_contain_text("at most 38 digits")
    expect(page.locator(".vw-row").nth(0).locator(".vw-row__fault")).to_have_count(0)
    expect(page.get_by_label("Field 2")).to_be_focused()
    page.get_by_label("Value 2").fill("12345678901")
    page.get_by_role("dialog").get_by_role("button", name="Apply").press("Enter")
    expect(page.locator(".vw-chip")).to_have_text(["Code is “CHF”close", "Size = 12345678901close"])
    expect_rows(page, ["CHF"])


def test_records_are_found_while_typing(house: House, desk: Seat) -> None:
    page = desk("*").page()
    page.goto(LIST)
    page.get_by_role("button", name="Advanced filter").press("Enter")
    page.get_by_label("Field 1").select_option("organization_id")
    box = page.get_by_role("combobox", name="Value 1")
    box.press_sequentially(house.root.name[:3])
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(house.root.name)
    page.get_by_role("dialog").get_by_role("button", name="Apply").press("Enter")
    expect(page.locator(".vw-chip")).to_contain_text(house.root.name)
    expect_rows(page, ["EUR", "PLN", "USD"])


def test_a_choice_that_is_gone_is_shown_as_it_stands_and_kept(house: House, desk: Seat) -> None:
    """The records may hold it still, and a list that is filtered by one value does not claim another."""
    page = desk("*").page()
    gone = {"field": "kind", "operator": "=", "value": "scroll"}
    several = {"field": "kind", "operator": "in", "value": ["scroll", "atlas"]}
    page.goto(f"/backend/shelf/book/?filter={quote(json.dumps({'and': [gone, several]}))}")
    open_dialog(page)
    expect(page.get_by_label("Value 1", exact=True)).to_have_value("scroll")
    expect(page.get_by_label("Value 2", exact=True)).to_have_values(["atlas", "scroll"])
    page.get_by_label("Value 2", exact=True).select_option(["scroll", "novel"])
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    page.wait_for_url("**novel**")
    shown = parse_qs(urlsplit(page.url).query)["filter"][0]
    assert json.loads(shown) == {"and": [gone, {**several, "value": ["novel", "scroll"]}]}


def test_the_arrow_up_begins_with_the_last_record(desk: Seat) -> None:
    page = desk("*").page()
    tree = {"field": "currency_id", "operator": "=", "value": ""}
    page.goto(f"/backend/shelf/book/?filter={quote(json.dumps(tree))}")
    open_dialog(page)
    box = page.get_by_role("combobox", name="Value 1")
    box.press_sequentially("U")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).not_to_have_count(0)
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")


def test_columns_and_address_work_without_script(chromium: Browser, desk: Seat) -> None:
    seat = desk("*")
    cookies = seat.page().context.cookies()
    context = chromium.new_context(base_url=seat.server, java_script_enabled=False)
    context.add_cookies([{**item} for item in cookies])  # type: ignore[typeddict-item]
    page = context.new_page()
    page.goto(where(ACTIVE))
    expect_rows(page, ["EUR", "USD"])
    expect(page.get_by_role("button", name="Advanced filter")).to_be_hidden()
    page.locator(".vw-columns summary").click()
    page.get_by_label("Created", exact=True).check()
    page.locator(".vw-panel").get_by_role("button", name="Apply").click()
    expect(page.locator("#result_list thead")).to_contain_text("Created")
    expect_rows(page, ["EUR", "USD"])
    page.get_by_role("link", name="Remove: Active is yes").click()
    expect_rows(page, ["EUR", "PLN", "USD"])
    context.close()
