"""Custom fields in a browser: a definition is written, with options as rows, and its values are entered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.currencies.models import Currency
from apps.entities.models import FieldDefinition
from tests.backoffice.currencies import make_currency
from tests.browser.conftest import PHONE, Desk
from tests.entities.factories import CURRENCY, make_field
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LIST = "/backend/entities/fielddefinition/"
MONEY = "/backend/currencies/currency/"


@pytest.fixture
def alice(desk: Callable[..., Desk]) -> Desk:
    return desk("*")


def test_a_choice_is_defined_by_rows(alice: Desk, house: House) -> None:
    page = alice.page()
    page.goto(f"{LIST}add/")
    page.select_option("#id_entity", CURRENCY)
    page.fill("#id_label", "Grösse in Łódź")
    expect(page.locator("#id_key")).to_have_value("grosse_in_lodz")
    page.select_option("#id_kind", "integer")
    expect(page.locator("#id_minimum")).to_be_visible()
    expect(page.locator(".agora-options")).to_be_hidden()
    page.select_option("#id_kind", "select")
    expect(page.locator("#id_minimum")).to_be_hidden()
    for value, label in (("s", "Small"), ("l", "Large")):
        page.get_by_role("button", name="Add an option").click()
        row = page.locator(".agora-option").last
        row.get_by_label("Value").fill(value)
        row.get_by_label("Label").fill(label)
    page.locator(".agora-option").last.get_by_role("button", name="Move up").click()
    expect(page.locator(".agora-preview option")).to_have_text(["—", "Large", "Small"])
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{LIST}*")
    with seeding(house.scope()):
        field = FieldDefinition.objects.get()
    assert [item["value"] for item in field.options] == ["l", "s"]
    assert alice.complaints == []


def test_values_are_entered_on_a_telephone(alice: Desk, house: House) -> None:
    make_field(house, "price", "currency", group="Purchase", help="What we pay.")
    make_field(house, "owner", "relation", target="auth.user", group="Purchase")
    page = alice.page(size=PHONE)
    page.goto(f"{MONEY}add/")
    page.fill("#id_code", "CHF")
    page.fill("#id_cf_price_0", "12,50")
    page.fill("#id_cf_price_1", "eur")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{MONEY}*")
    with seeding(house.scope()):
        custom = Currency.objects.get(code="CHF").custom
    assert {key: str(value) for key, value in custom.items()} == {"price": "12.5", "price.currency": "EUR"}
    assert alice.complaints == []


def test_whoever_only_reads_sees_the_lines_of_a_long_text(desk: Callable[..., Desk], house: House) -> None:
    make_field(house, "remark", "multiline")
    make_currency(house, custom={"remark": "First line\nSecond line"})
    reader = desk("currencies.view")
    page = reader.page()
    page.goto(MONEY)
    with page.expect_navigation():
        page.locator("#result_list tbody th a").click()
    shown = page.get_by_text("First line")
    assert shown.inner_text() == "First line\nSecond line"
    assert reader.complaints == []
