"""Pages of events and deliveries in a real browser: readable and usable at a desk and on a phone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from apps.kernel import clock
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.tenancy.scope import using_scope
from tests.browser.conftest import DESKTOP, PHONE, Desk, chromium, desk, server, shoot  # noqa: F401 - fixtures
from tests.browser.judging import faults_of
from tests.events.factories import PROBE, dead_letters, events, hearing, minted, states, told
from tests.kernel.events_probes import Minted, mint, run_all, subscribed
from tests.support import probes
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
EVENTS, DELIVERIES = "/backend/events/outboxevent/", "/backend/events/delivery/"
RANGE = f"{DELIVERIES}range/"
LONG = "tests.subscriber_with_a_name_that_is_longer_than_anybody_would_like"
LOOKS = [
    pytest.param(DESKTOP, False, id="desktop"),
    pytest.param(DESKTOP, True, id="desktop-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]


def some_deliveries(house: House) -> None:
    """A chain of three events, dead letters, one held behind another, one that waits."""

    def follow(payload: Minted, ctx: EventContext) -> None:
        if ctx.depth < 2:
            mint(payload.resource_id, pieces=10 + ctx.depth)

    with using_scope(house.scope()):
        row = probes.create_currency("EUR")
    with subscribed("tests.coin.minted", follow, LONG, persistent=True):
        minted(house, 1, coin=row.pk)
        run_all(rounds=3)
    dead_letters(house, 2)
    with hearing(3, ordered_by="entity_id"):
        minted(house, 3, 4, coin=uuid4())
        run_all(rounds=2)


def see(page: Page, address: str, name: str, look: str, *, status: int = 200) -> list[str]:
    """Open, take a picture and judge."""
    answer = page.goto(address)
    shoot(page, f"events-{name}-{look}")
    wrong = [] if answer is not None and answer.status == status else [f"{name}: {answer and answer.status}"]
    return wrong + faults_of(page, name)


def ask(page: Page, subscriber: str, start: str, end: str) -> None:
    """Fill the form of a period and have it counted."""
    page.get_by_label("Subscriber").select_option(subscriber)
    page.get_by_label("From").fill(start)
    page.get_by_label("To").fill(end)
    page.get_by_role("button", name="Count the events").click()


def take_a_period_again(page: Page, look: str) -> list[str]:
    """Fill the form wrongly, then rightly, and confirm."""
    now, faults = clock.now(), list[str]()
    ask(page, PROBE, f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}", f"{now:%Y-%m-%dT%H:%M}")
    expect(page.get_by_text("The end has to lie after the start")).to_be_visible()
    shoot(page, f"events-range-wrong-{look}")
    faults += faults_of(page, "range-wrong")
    ask(page, PROBE, f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}", f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    expect(page.get_by_role("button", name="Deliver them again")).to_be_visible()
    shoot(page, f"events-range-counted-{look}")
    faults += faults_of(page, "range-counted")
    page.get_by_role("button", name="Deliver them again").click()
    expect(page.get_by_text("deliveries are on their way")).to_be_visible()
    shoot(page, f"events-range-done-{look}")
    return faults


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pages_of_events(
    house: House,
    desk: Callable[..., Desk],  # noqa: F811
    size: tuple[int, int],
    dark: bool,
    request: pytest.FixtureRequest,
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    faults = see(page, EVENTS, "list-empty", look) + see(page, DELIVERIES, "deliveries-empty", look)
    faults += see(page, RANGE, "range-nobody", look)
    some_deliveries(house)
    first, second, *_rest = events(house)
    dead = next(item for item in told(house) if item.status == "dead")
    with hearing(), hearing(subscriber=LONG):
        for name, address in {
            "list": EVENTS,
            "narrowed": f"{EVENTS}?event=tests.coin.minted",
            "one": f"{EVENTS}{second.pk}/change/",
            "first": f"{EVENTS}{first.pk}/change/",
            "deliveries": DELIVERIES,
            "delivery": f"{DELIVERIES}{dead.pk}/change/",
            "replay": f"{DELIVERIES}{dead.pk}/do/replay/",
            "skip": f"{DELIVERIES}{dead.pk}/do/skip/",
            "range": RANGE,
        }.items():
            faults += see(page, address, name, look)
        faults += take_a_period_again(page, look)
    faults += see(page, f"{EVENTS}{uuid4()}/change/", "missing", look, status=404)
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []  # the missing page, and no favicon


def test_a_letter_is_skipped_in_three_clicks(house: House, desk: Callable[..., Desk]) -> None:  # noqa: F811
    dead_letters(house, 1)
    page = desk("events.deliveries.manage").page()
    page.goto(DELIVERIES)
    page.locator("main, #content").get_by_role("link", name="Skip", exact=False).last.click()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_text("Skip: done.")).to_be_visible()
    assert states(house) == ["skipped"]
