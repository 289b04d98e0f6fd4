"""The strip above every page, in a real browser: shows, counts, stops, says how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Page, Request, expect

from apps.currencies.services import create_currency
from apps.kernel.commands.outcome import collecting_actions
from tests.auth.factories import acting_as, make_user
from tests.browser.conftest import DESKTOP, PHONE, Desk, chromium, desk, server, shoot
from tests.browser.judging import faults_of
from tests.progress.factories import jobs, open_job, open_part, stored, working_in
from tests.support.scopes import House

__all__ = ["chromium", "desk", "server"]  # the fixtures of the other browser tests
pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
START = "/backend/"
expect.set_options(timeout=15_000)  # it asks every two seconds, and the machine may be busy
LOOKS = [
    pytest.param(DESKTOP, False, id="desk"),
    pytest.param(DESKTOP, True, id="desk-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def running(house: House, seat: Desk, done: int, **details: Any) -> UUID:
    assert seat.user is not None
    job_id = open_job(house, seat.user, **details)
    with working_in(house):
        jobs().advance(job_id, done)
    return job_id


def strip(page: Page) -> Any:
    return page.get_by_role("region", name="Long jobs")


def complaints_of(seat: Desk) -> list[str]:
    """What the console complains of, but for the icon that no page has."""
    return [item for item in seat.complaints if "404" not in item]


def test_without_jobs_there_is_no_strip(desk: Seat) -> None:
    page = desk("*").page()
    with page.expect_response("**/api/progress/jobs/?**"):
        page.goto(START)
    expect(page.locator("[data-progress-strip]")).to_be_hidden()


def test_a_job_is_followed_to_its_end(house: House, desk: Seat) -> None:
    seat = desk("*")
    page = seat.page()
    job_id = running(house, seat, 50, name="Export of customers", total=200)
    page.goto(START)
    row = strip(page).get_by_role("listitem")
    expect(row).to_contain_text("Export of customers")
    expect(row).to_contain_text("50 of 200 · 25 %")
    expect(row.get_by_role("progressbar", name="Export of customers")).to_have_js_property("value", 25)
    expect(row.get_by_role("button", name="Stop")).to_be_hidden()
    with working_in(house):
        jobs().advance(job_id, 150)
    expect(row).to_contain_text("150 of 200 · 75 %")
    with working_in(house):
        file = default_storage.save("customers.csv", ContentFile(b"a,b\n"))
        jobs().complete(job_id, {"rows": 200, "file": file, "file_name": "customers.csv"})
    expect(row).to_contain_text("done")
    expect(page.locator("[data-progress-spoken]")).to_have_text("Export of customers: done")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "customers.csv"
    row.get_by_role("button", name="Hide").click()
    expect(page.locator("[data-progress-strip]")).to_be_hidden()
    assert complaints_of(seat) == []


def test_a_job_is_stopped_with_the_keyboard(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    page = seat.page()
    job_id = running(house, seat, 5, name="Import of prices", is_cancellable=True)
    page.goto(START)
    row = strip(page).get_by_role("listitem")
    button = row.get_by_role("button", name="Stop: Import of prices")
    button.focus()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("stopping")
    expect(button).to_be_hidden()
    expect(row.get_by_role("link", name="Import of prices")).to_be_focused()
    assert stored(house, job_id).is_cancel_requested
    with working_in(house):
        jobs().cancelled(job_id)
    expect(row).to_contain_text("cancelled")
    assert complaints_of(seat) == []


def test_an_end_between_two_pages_is_not_missed(house: House, desk: Seat) -> None:
    seat = desk("*")
    page = seat.page()
    job_id = running(house, seat, 5, name="Import of prices")
    page.goto(START)
    expect(strip(page)).to_contain_text("Import of prices")
    page.goto("about:blank")
    with working_in(house):
        jobs().fail(job_id, "Row 7 has no price.")
    page.goto("/backend/progress/job/")
    expect(strip(page)).to_contain_text("Row 7 has no price.")
    strip(page).get_by_role("button", name="Hide").click()
    page.goto(START)
    expect(page.locator("[data-progress-strip]")).to_be_hidden()


def test_what_a_job_did_is_taken_back_from_the_next_page(house: House, desk: Seat) -> None:
    seat = desk("*")
    assert seat.user is not None
    page = seat.page()
    with acting_as(house, seat.user), collecting_actions() as made:
        create_currency(code="PLN")
    job_id = running(house, seat, 1, name="Import of currencies")
    page.goto(START)
    expect(strip(page)).to_contain_text("Import of currencies")
    with working_in(house):
        jobs().complete(job_id, {"rows": 1, "action": str(made[0])})
    button = strip(page).get_by_role("button", name="Undo: Import of currencies")
    expect(button).to_be_visible()
    page.goto("/backend/currencies/currency/")
    expect(page.get_by_role("link", name="PLN")).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Undone:")).to_be_visible()
    expect(page.get_by_role("link", name="PLN")).to_have_count(0)
    expect(page.locator("[data-progress-strip]")).to_be_hidden()
    assert complaints_of(seat) == []


def test_an_event_brings_a_new_job_at_once(house: House, desk: Seat) -> None:
    seat = desk("*")
    page = seat.page()
    page.clock.install()
    with page.expect_response("**/api/progress/jobs/?**"):
        page.goto(START)
    running(house, seat, 5, name="Import of prices")
    page.clock.run_for(600)
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('agora:event', {bubbles: true, detail: {name: 'sales.order.created'}}))"
    )
    page.clock.run_for(100)
    expect(page.locator("[data-progress-strip]")).to_be_hidden()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('agora:event', "
        "{bubbles: true, detail: {name: 'progress.job.started'}}))"
    )
    page.clock.run_for(100)
    expect(strip(page)).to_contain_text("Import of prices")
    expect(page.locator("[data-progress-spoken]")).to_have_text("Import of prices: started")


def test_a_job_that_went_well_leaves_by_itself_and_one_that_failed_stays(house: House, desk: Seat) -> None:
    seat = desk("*")
    page = seat.page()
    well, badly = running(house, seat, 5, name="Import of prices"), running(house, seat, 5, name="Import of stock")
    page.clock.install()
    page.goto(START)
    expect(strip(page).get_by_role("listitem")).to_have_count(2)
    with working_in(house):
        jobs().complete(well, {"rows": 5})
        jobs().fail(badly, "Row 6 is empty.")
    page.clock.run_for(2_000)
    expect(strip(page)).to_contain_text("done")
    page.clock.run_for(9_000)
    expect(strip(page).get_by_role("listitem")).to_have_count(2)
    page.clock.run_for(60_000)
    expect(strip(page).get_by_role("listitem")).to_have_count(1)
    expect(strip(page)).to_contain_text("Row 6 is empty.")


def asked(page: Page, seconds: int) -> int:
    """How often the strip asks in so much time; the clock stands still while an answer is on its way."""
    begun: list[Request] = []
    ended: list[Request] = []
    listed = "/api/progress/jobs/?"
    page.on("request", lambda request: begun.append(request) if listed in request.url else None)
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: ended.append(request) if listed in request.url else None)
    for _ in range(seconds):
        page.clock.run_for(1_000)
        page.wait_for_timeout(30)
        while len(ended) < len(begun):
            page.wait_for_timeout(10)
    return len(begun)


def test_without_jobs_and_without_answers_it_asks_less_and_less_often(house: House, desk: Seat) -> None:
    page = desk("*").page()
    page.clock.install()
    with page.expect_response("**/api/progress/jobs/?**"):
        page.goto(START)
    assert 3 <= asked(page, 60) <= 5
    page.route("**/api/progress/jobs/**", lambda route: route.fulfill(status=503, body="{}"))
    page.evaluate("dispatchEvent(new CustomEvent('agora:reconnected'))")
    assert 4 <= asked(page, 60) <= 6


def test_other_people_s_jobs_are_not_in_the_strip(house: House, desk: Seat) -> None:
    seat = desk("*")
    open_job(house, make_user(house), name="Carol's export")
    own = running(house, seat, 1, name="Mine")
    open_part(house, own, "north", name="A part of mine")
    page = seat.page()
    page.goto(START)
    expect(strip(page).get_by_role("listitem")).to_have_count(1)
    expect(strip(page)).to_contain_text("Mine")


def every_state(house: House, seat: Desk) -> dict[str, UUID]:
    """A job in each state, and what is shown of it."""
    assert seat.user is not None
    found = {
        "runs": running(house, seat, 1_234, name="Export of customers", total=9_876, is_cancellable=True),
        "unknown": running(house, seat, 70, name="Import of a price list with a name that is far too long for a phone"),
        "waits": open_job(house, seat.user, name="Recalculation of stock", is_cancellable=True),
        "broke": running(house, seat, 7, name="Import of products", total=50),
        "done": running(house, seat, 50, name="Export of orders", total=50),
        "whole": open_job(house, seat.user, name="Nightly prices"),
    }
    for partition in ("north", "south"):
        part = open_part(house, found["whole"], partition, total=40)
        with working_in(house):
            jobs().advance(part, 10)
    with working_in(house):
        jobs().fail(found["broke"], "Row 8 has no price. Mend the file and start the import again.")
        file = default_storage.save("orders.csv", ContentFile(b"a"))
        jobs().complete(found["done"], {"rows": 50, "skipped": 2, "file": file, "file_name": "orders.csv"})
    return found


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_how_it_looks(
    house: House,
    desk: Seat,
    size: tuple[int, int],
    dark: bool,
    request: pytest.FixtureRequest,
) -> None:
    seat, look = desk("*"), request.node.callspec.id
    page = seat.page(size=size, dark=dark)
    page.goto("/backend/progress/job/")
    shoot(page, f"progress-empty-{look}")
    faults = faults_of(page, "empty")
    found = every_state(house, seat)
    page.evaluate("ids => sessionStorage.setItem('agora-jobs', JSON.stringify(ids))", list(map(str, found.values())))
    addresses = {name: f"/backend/progress/job/{job_id}/change/" for name, job_id in found.items()}
    addresses |= {"list": "/backend/progress/job/", "stop": f"/backend/progress/job/{found['runs']}/do/stop/"}
    for name, address in addresses.items():
        page.goto(address)
        expect(strip(page).get_by_role("listitem")).to_have_count(6)
        shoot(page, f"progress-{name}-{look}")
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert complaints_of(seat) == []
