"""Long jobs in the back office: whose are listed, what a record shows, stopping one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from apps.auth.models import User
from tests.directory.callers import client_of, member
from tests.progress.factories import jobs, open_job, open_part, stored, working_in
from tests.support.scopes import House

LIST = "/backend/progress/job/"


def page(client: Client, job_id: UUID) -> str:
    answer = client.get(f"{LIST}{job_id}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_own_jobs(house: House, other_house: House, bob: User, browser: Client) -> None:
    open_job(house, bob, name="My export", total=4000)
    open_job(house, member(house, name="Carol"), name="Carol's export")
    open_job(other_house, member(other_house), name="Charlie's export")
    shown = browser.get(LIST).content.decode()
    assert "My export" in shown
    assert "0 of 4,000" in shown
    assert "Carol" not in shown
    assert "Charlie" not in shown
    everybody = client_of(member(house, "progress.jobs.view_all")).get(LIST).content.decode()
    assert "Carol&#x27;s export" in everybody
    assert "Charlie" not in everybody


def test_who_sees_all_can_narrow_to_their_own(house: House, bob: User) -> None:
    open_job(house, bob, name="Bob's export")
    seer = client_of(member(house, "progress.jobs.view_all"))
    assert "No long jobs yet" not in seer.get(LIST).content.decode()
    assert "Nothing matches" in seer.get(f"{LIST}?who=mine").content.decode()


def test_an_empty_list_says_what_will_come(browser: Client) -> None:
    shown = browser.get(LIST).content.decode()
    assert "No long jobs yet" in shown
    assert "Exports, imports and other long jobs" in shown
    assert "Add long job" not in shown


def test_a_record_of_somebody_else_is_not_there(house: House) -> None:
    browser = client_of(member(house, "audit_logs.view_tenant"))
    job_id = open_job(house, member(house, name="Carol"), is_cancellable=True)
    for address in (f"{LIST}{job_id}/change/", f"{LIST}{job_id}/do/stop/", f"{LIST}{job_id}/history/"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"{LIST}{job_id}/do/stop/").status_code == 404
    assert stored(house, job_id).status == "pending"


def test_a_record_shows_how_it_stands_and_not_what_it_was_given(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, total=200, values={"secret": "s3cr3t"})
    with working_in(house):
        jobs().advance(job_id, 50)
    shown = page(browser, job_id)
    assert "50 of 200" in shown
    assert "s3cr3t" not in shown
    assert 'name="_save"' not in shown


def test_a_record_shows_its_error(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().fail(job_id, "Row 7 has <no> name.")
    assert "Row 7 has &lt;no&gt; name." in page(browser, job_id)


def test_a_record_offers_its_file_to_its_owner_only(
    house: House, bob: User, browser: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    job_id = open_job(house, bob)
    with working_in(house):
        file = default_storage.save("things.csv", ContentFile(b"a"))
        jobs().complete(job_id, {"rows": 17, "file": file, "file_name": "things.csv"})
    address = f"/api/progress/jobs/{job_id}/download/"
    assert address in page(browser, job_id)
    others = page(client_of(member(house, "progress.jobs.view_all")), job_id)
    assert address not in others
    assert "<strong>17</strong>" in others


def test_a_record_lists_its_parts_and_a_part_names_its_whole(house: House, bob: User, browser: Client) -> None:
    whole = open_job(house, bob)
    part = open_part(house, whole, "north", total=8)
    assert f"{LIST}{part}/change/" in page(browser, whole)
    assert "0 of 8" in page(browser, whole)
    assert "Export of things (north)" in page(browser, part)


def test_nothing_can_be_added_changed_or_deleted(house: House, bob: User) -> None:
    everything = client_of(member(house, "*"))
    job_id = open_job(house, bob)
    assert everything.get(f"{LIST}add/").status_code == 403
    assert everything.get(f"{LIST}{job_id}/delete/").status_code == 403
    assert everything.post(f"{LIST}{job_id}/change/", {"name": "x"}).status_code == 403
    assert stored(house, job_id).name == "Export of things"


def test_stopping_by_the_button(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, is_cancellable=True)
    button = f"{LIST}{job_id}/do/stop/"
    assert button in browser.get(LIST).content.decode()
    assert button in page(browser, job_id)
    assert browser.get(button).status_code == 200
    assert browser.post(button).status_code == 302
    assert stored(house, job_id).status == "cancelled"
    assert button not in page(browser, job_id)
    assert browser.get(button).status_code == 404


@pytest.mark.parametrize("features", [(), ("progress.jobs.view_all",)])
def test_no_button_where_it_would_not_work(house: House, bob: User, features: tuple[str, ...]) -> None:
    fixed, foreign = open_job(house, bob), open_job(house, bob, is_cancellable=True)
    reader = client_of(bob) if not features else client_of(member(house, *features))
    hidden = fixed if not features else foreign
    assert f"{LIST}{hidden}/do/stop/" not in page(reader, hidden)


def test_the_strip_is_on_every_page_of_the_frame(browser: Client) -> None:
    shown = browser.get("/backend/").content.decode()
    assert 'data-jobs="/api/progress/jobs/"' in shown
    assert "progress/strip.js" in shown
    assert 'data-page="/backend/progress/job/"' in shown


def test_nobody_gets_no_strip() -> None:
    assert b"data-progress-strip" not in Client().get("/backend/login/").content
