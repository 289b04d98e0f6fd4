"""The pages of webhooks in a browser: events are picked, a secret is seen once, a test answers, the ledger tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House
from tests.webhooks.factories import go, make_webhook
from tests.webhooks.receivers import Receiver
from tests.webhooks.test_incoming import handle, headers, make_endpoint, post

pytestmark = [pytest.mark.browser, pytest.mark.committed]
HOOKS, LEDGER = "/backend/webhooks/webhook/", "/backend/webhooks/webhookdelivery/"
SIZES = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.EXTENSIONS_DISABLED = [item for item in settings.EXTENSIONS_DISABLED if item != "webhooks.ledger"]
    settings.DEBUG = settings.OUTBOUND_ALLOW_PRIVATE = True
    served = Receiver()
    yield served
    served.close()


def visit(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200


def judged(page: Page, name: str, *, variant: str) -> None:
    shoot(page, f"webhooks-{name}-{variant}")
    assert faults_of(page, name) == []


@pytest.mark.parametrize(("size", "dark"), SIZES)
def test_a_webhook_is_made_shown_its_secret_tried_and_looked_at(
    house: House, desk: Callable[..., Desk], receiver: Receiver, size: tuple[int, int], dark: bool
) -> None:
    variant = "phone" if dark else "desk"
    seat = desk("webhooks.*", "currencies.*")
    page = seat.page(size=size, dark=dark)
    visit(page, HOOKS)
    judged(page, "empty", variant=variant)
    visit(page, f"{HOOKS}add/")
    page.locator("#id_name").fill("Shop")
    page.locator("#id_url").fill("ftp://example.org/")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("This address cannot be called")).to_be_visible()
    expect(page.get_by_text("Name at least one event.")).to_be_visible()
    judged(page, "wrong", variant=variant)
    page.locator("#id_url").fill(receiver.url())
    page.get_by_label("Find an event").fill("currency created")
    page.get_by_label("currencies.currency.created").check()
    expect(page.get_by_label("currencies.currency.updated")).to_be_hidden()
    judged(page, "picked", variant=variant)
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator("#ag-secret")).to_contain_text("whsec_")
    judged(page, "secret", variant=variant)
    page.get_by_role("link", name="I have it").click()
    assert "whsec_" not in page.content()
    page.get_by_role("link", name="Send a test").first.click()
    page.locator("main form, #content form").get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The receiver answered 200.")).to_be_visible()
    judged(page, "tested", variant=variant)
    assert [got.json["type"] for got in receiver.got] == ["webhooks.test"]
    assert [item for item in seat.complaints if "40" not in item] == []


@pytest.mark.parametrize(("size", "dark"), SIZES)
def test_the_ledger_shows_what_came_of_each_event(
    house: House, desk: Callable[..., Desk], receiver: Receiver, size: tuple[int, int], dark: bool
) -> None:
    variant = "phone" if dark else "desk"
    make_webhook(house, receiver.url(), name="Shop", custom_headers={"X-Shop": "1"})
    make_webhook(house, receiver.url("/gone"), name="Old shop", at=house.south, whole_tenant=True)
    receiver.answer("410 Gone", b"no more", path="/gone", content_type="text/plain")
    go(house, "EUR")
    receiver.answer("503 Busy", b"<h1>later</h1>", content_type="text/html")
    go(house, "PLN")
    page = desk("webhooks.*").page(size=size, dark=dark)
    visit(page, HOOKS)
    judged(page, "list", variant=variant)
    visit(page, LEDGER)
    judged(page, "ledger", variant=variant)
    page.get_by_role("link").filter(has_text="Shop").first.click()
    expect(page.get_by_text("Last deliveries")).to_be_visible()
    judged(page, "record", variant=variant)
    visit(page, LEDGER)
    page.locator("#result_list tbody th a, #result_list tbody td a").first.click()
    expect(page.get_by_role("heading", name="Requests")).to_be_visible()
    judged(page, "delivery", variant=variant)


@pytest.mark.parametrize(("size", "dark"), SIZES)
def test_what_came_in_is_looked_at(house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool) -> None:
    variant = "phone" if dark else "desk"
    issued = make_endpoint(house)
    post(issued.endpoint, headers(issued.secret))
    handle()
    page = desk("webhooks.*").page(size=size, dark=dark)
    visit(page, "/backend/webhooks/inboundendpoint/")
    judged(page, "endpoints", variant=variant)
    visit(page, "/backend/webhooks/inboundendpoint/add/")
    judged(page, "new-endpoint", variant=variant)
    visit(page, "/backend/webhooks/inboundreceipt/")
    judged(page, "receipts", variant=variant)
    page.locator("#result_list tbody a").first.click()
    expect(page.get_by_text("order.paid").first).to_be_visible()
    judged(page, "receipt", variant=variant)
