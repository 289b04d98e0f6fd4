"""Records of the tenant's own types in a browser: a type is made, a record entered, found and sorted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.entities.models import Record
from apps.entities.services import create_definition, create_record, create_type
from apps.kernel.tenancy.scope import using_scope
from tests.browser.conftest import PHONE, Desk, shoot
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
TYPES, RECORDS = "/backend/entities/recordtype/", "/backend/entities/record/"
OPTIONS = [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}]


@pytest.fixture
def alice(desk: Callable[..., Desk]) -> Desk:
    return desk("*")


def furnish(house: House) -> None:
    """A type with two listed fields."""
    with using_scope(house.scope(house.north)):
        create_type(key="car", label="Car", label_plural="Cars", icon="directions_car")
        parts: dict[str, Any] = {"entity": "custom.car", "is_listed": True}
        create_definition(key="seats", kind="integer", label="Seats", **parts)
        create_definition(key="colour", kind="select", label="Colour", options=OPTIONS, **parts)


def test_a_type_is_made_and_gets_its_first_record(alice: Desk, house: House) -> None:
    page = alice.page()
    page.goto(TYPES)
    shoot(page, "types-empty")
    page.goto(f"{TYPES}add/")
    page.fill("#id_label", "Boat")
    page.fill("#id_key", "records")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This word stands for something else.")).to_be_visible()
    shoot(page, "type-wrong")
    page.fill("#id_key", "boat")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{TYPES}*")
    shoot(page, "types")
    page.locator(f'a[href="{RECORDS}?type=boat"]').click()
    page.wait_for_url(f"**{RECORDS}?type=boat")
    shoot(page, "records-empty")
    page.goto(f"{RECORDS}add/?type=boat")
    page.fill("#id_title", "Santa María")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{RECORDS}*")
    with seeding(house.scope()):
        assert Record.objects.get().title == "Santa María"
    assert alice.complaints == []


def test_a_list_of_records_is_sorted_and_filtered(alice: Desk, house: House) -> None:
    furnish(house)
    with using_scope(house.scope(house.north)):
        for title, seats, colour in (("Van", 10, "red"), ("Bus", 9, "blue"), ("Coach", 100, "red")):
            create_record("car", title=title, custom_fields={"seats": seats, "colour": colour})
    page = alice.page(dark=True)
    page.goto(f"{RECORDS}?type=car")
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(3)
    shoot(page, "records-dark")
    page.get_by_role("link", name="Seats").first.click()
    expect(rows.first).to_contain_text("Bus")
    page.goto(f"{RECORDS}?type=car&cf_colour=red")
    expect(rows).to_have_count(2)
    shoot(page, "records-filtered")
    assert alice.complaints == []


def test_a_record_is_entered_on_a_telephone(alice: Desk, house: House) -> None:
    furnish(house)
    page = alice.page(size=PHONE)
    page.goto(f"{RECORDS}add/?type=car")
    page.fill("#id_title", "Van")
    page.fill("#id_cf_seats", "7")
    page.select_option("#id_cf_colour", "blue")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, "record-phone")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{RECORDS}*")
    with seeding(house.scope()):
        assert Record.objects.get().custom == {"seats": 7, "colour": "blue"}
    assert alice.complaints == []
