"""The strip of long jobs over the live stream: what happens is seen at once, and a job is stopped from any page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.auth.factories import make_user
from tests.browser.conftest import Desk
from tests.browser.test_stream import EARS, until
from tests.kernel.streams import streaming
from tests.kernel.web_servers import Server
from tests.progress.factories import jobs, open_job, stored, working_in
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]


@pytest.fixture
def web(house: House) -> Iterator[Server]:
    with streaming(AGORA_STREAM_HEARTBEAT="1") as found:
        yield found


@pytest.fixture
def server(web: Server) -> str:
    return f"http://127.0.0.1:{web.port}"


def live(seat: Desk) -> Page:
    """The start page with its stream open; what it is told is kept in `heard`."""
    page = seat.page()
    page.add_init_script(EARS)
    page.goto("/backend/")
    until(page, "document.documentElement.dataset.live === 'open'")
    return page


def heard(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.heard.map((item) => item.name)")
    return found


def test_a_job_is_followed_by_its_events_and_stopped(house: House, desk: Seat) -> None:
    seat = desk("*")
    assert seat.user is not None
    page = live(seat)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/progress/jobs/?" in request.url else None)
    job_id = open_job(house, seat.user, name="Import of prices", total=200, is_cancellable=True)
    row: Any = page.get_by_role("region", name="Long jobs").get_by_role("listitem")
    expect(row).to_contain_text("waiting")
    with working_in(house):
        jobs().advance(job_id, 50)
    expect(row).to_contain_text("50 of 200 · 25 %")
    row.get_by_role("button", name="Stop: Import of prices").click()
    expect(row).to_contain_text("stopping")
    assert stored(house, job_id).is_cancel_requested
    with working_in(house):
        jobs().cancelled(job_id)
    expect(row).to_contain_text("cancelled")
    assert heard(page) == [f"progress.job.{verb}" for verb in ("created", "started", "updated", "cancelled")]
    assert len(asked) <= 6  # the events made it ask, not the clock


def test_other_people_s_jobs_are_not_told(house: House, desk: Seat) -> None:
    seat = desk("*")
    assert seat.user is not None
    page = live(seat)
    open_job(house, make_user(house), name="Carol's export")
    open_job(house, seat.user, name="Mine")
    until(page, "window.heard.length > 0")
    page.wait_for_timeout(500)
    assert heard(page) == ["progress.job.created"]
    expect(page.get_by_role("region", name="Long jobs").get_by_role("listitem")).to_have_count(1)
