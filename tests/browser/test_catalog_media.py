"""Pictures of products, variants and offers in a real browser: adding, choosing, moving, describing, removing them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import Product
from apps.kernel import clock
from tests.attachments import factories as made
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.catalog.factories import make_offer, make_product, make_variant
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LOOKS = [
    pytest.param(DESKTOP, False, id="desk"),
    pytest.param(DESKTOP, True, id="dark"),
    pytest.param(PHONE, True, id="phone"),
]
NAMES = "[data-media-shown] .cm-name"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def shirt(house: House) -> Product:
    return make_product(house, "Shirt Alba, long sleeves")


def address(record: Any) -> str:
    return f"/backend/catalog/media/?entity={record.entity_id}&id={record.pk}"


def add(page: Page, *names: str) -> None:
    """Choose files, and wait until all have been dealt with."""
    contents = {"png": made.picture(800, 500), "jpg": made.picture(300, 600, "JPEG", "#25c"), "txt": made.TEXT}
    kinds = {"png": "image/png", "jpg": "image/jpeg", "txt": "text/plain"}
    ends = [(name, name.rpartition(".")[2]) for name in names]
    files: Any = [{"name": name, "mimeType": kinds[end], "buffer": contents[end]} for name, end in ends]
    page.set_input_files("[data-media-chosen]", files)
    expect(page.locator("[data-media-said]")).to_contain_text(names[-1])


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pictures_are_added_and_what_is_none_is_refused(
    desk: Callable[..., Desk], shirt: Product, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    page.goto(address(shirt))
    shoot(page, f"media-empty-{look}")
    faults = faults_of(page, "empty")
    add(page, "front.png", "a rather long name of a picture that was taken from behind.jpg")
    made.run_work()
    page.reload()
    page.get_by_role("button", name="Make it the main one: front.png").click()
    expect(page.locator(".cm-picture--main .cm-name")).to_contain_text("front.png")
    page.locator(".cm-frame img").last.scroll_into_view_if_needed()
    page.wait_for_function("() => [...document.querySelectorAll('.cm-frame img')].every((item) => item.naturalWidth)")
    page.evaluate("scrollTo(0, 0)")
    shoot(page, f"media-full-{look}")
    faults += faults_of(page, "full")
    add(page, "notes.txt")
    shoot(page, f"media-refused-{look}")
    faults += faults_of(page, "refused")
    expect(page.locator(NAMES)).to_have_count(2)
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_pictures_are_moved_described_and_removed_by_the_keyboard(desk: Callable[..., Desk], shirt: Product) -> None:
    page = desk("*").page()
    page.goto(address(shirt))
    add(page, "one.png", "two.png")
    made.run_work()
    page.reload()
    page.get_by_role("button", name="Move back: one.png").focus()
    page.keyboard.press("Enter")
    expect(page.locator(NAMES).first).to_contain_text("two.png")
    # The picture is the last one now, so its other button is where the keyboard stands.
    expect(page.get_by_role("button", name="Move forward: one.png")).to_be_focused()
    page.get_by_label("What is to be seen").first.fill("A blue shirt")
    page.keyboard.press("Enter")
    expect(page.locator("[data-media-said]")).to_contain_text("The description of two.png is saved.")
    page.get_by_role("button", name="Remove: one.png").focus()
    page.keyboard.press("Enter")
    expect(page.locator(NAMES)).to_have_count(1)
    page.reload()
    expect(page.locator(NAMES)).to_have_count(1)
    assert page.locator(".cm-frame img").get_attribute("alt") == "A blue shirt"


def test_a_variant_shows_its_own_and_those_of_its_product(
    desk: Callable[..., Desk], house: House, shirt: Product
) -> None:
    variant = make_variant(house, shirt)
    page = desk("*").page(size=PHONE)
    page.goto(address(shirt))
    add(page, "front.png")
    page.goto(address(variant))
    add(page, "blue.jpg")
    made.run_work()
    page.reload()
    page.get_by_role("button", name="Make it the main one: front.png").click()
    expect(page.locator(".cm-picture--main")).to_contain_text("front.png")
    shoot(page, "media-variant")
    assert faults_of(page, "variant") == []


@pytest.mark.parametrize("look", ["desk", "phone-dark"])
def test_an_offer_shows_its_own_and_those_of_its_product(
    desk: Callable[..., Desk], house: House, shirt: Product, look: str
) -> None:
    alice, now = desk("*"), clock.now()
    sale = make_offer(house, shirt, now - timedelta(days=1), now + timedelta(days=9))
    page = alice.page() if look == "desk" else alice.page(size=PHONE, dark=True)
    page.goto(address(shirt))
    add(page, "front.png")
    page.goto(f"/backend/catalog/offer/{sale.pk}/change/")
    page.get_by_role("link", name="Media").click()
    expect(page.get_by_text("None is chosen here, so the main picture of the product is shown.")).to_be_visible()
    add(page, "sale.jpg")
    made.run_work()
    page.reload()
    shoot(page, f"media-offer-none-{look}")
    faults = faults_of(page, "none")
    page.get_by_role("button", name="Make it the main one: front.png").click()
    expect(page.locator(".cm-picture--main .cm-name")).to_contain_text("front.png")
    shoot(page, f"media-offer-{look}")
    faults += faults_of(page, "chosen")
    page.get_by_role("button", name="Show the main picture of the product").click()
    expect(page.get_by_text("The main picture of the product is shown again.")).to_be_visible()
    expect(page.locator(".cm-picture--main")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".cm-picture--main .cm-name")).to_contain_text("front.png")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_who_only_sees_products_gets_no_buttons(desk: Callable[..., Desk], shirt: Product) -> None:
    page = desk("catalog.products.view").page()
    page.goto(address(shirt))
    expect(page.get_by_role("heading", name="There are no pictures here yet")).to_be_visible()
    assert page.locator("[data-media] button, [data-media] input").count() == 0
