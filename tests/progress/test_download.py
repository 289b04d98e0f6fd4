"""The file of a job: for whoever asked for it, as a download, while it is there."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncRequestFactory, Client

from apps.auth.models import User
from apps.kernel.api.exporting.streams import file_response
from apps.kernel.ids import uuid7
from tests.directory.callers import PROBLEM, client_of, member
from tests.progress.factories import jobs, open_job, working_in
from tests.support.scopes import House


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def address(job_id: UUID) -> str:
    return f"/api/progress/jobs/{job_id}/download/"


def exported(house: House, user: User, content: bytes = b"a,b\n1,2\n", **result: Any) -> UUID:
    job_id = open_job(house, user)
    file = default_storage.save(f"exports/{job_id}.csv", ContentFile(content))
    with working_in(house):
        jobs().complete(job_id, {"rows": 1, "file": file, "file_name": "things.csv", **result})
    return job_id


def test_the_owner_gets_the_file(house: House, bob: User, browser: Client) -> None:
    job_id = exported(house, bob)
    shown = browser.get(f"/api/progress/jobs/{job_id}/").json()["result"]
    assert shown == {"rows": 1, "download": address(job_id)}
    answer = browser.get(shown["download"])
    assert answer.streaming
    assert (answer.status_code, answer.getvalue()) == (200, b"a,b\n1,2\n")
    headers = {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "Content-Length")}
    assert headers == {
        "Content-Type": "text/csv",
        "Content-Disposition": 'attachment; filename="things.csv"',
        "Content-Length": "8",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("things.json", "application/json"),
        ("things.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("things.csv.gz", "application/octet-stream"),
        ("things", "application/octet-stream"),
        ("things.html", "text/html"),
        ('zażółć "x"\r\n.csv', "text/csv"),
    ],
)
def test_a_file_is_a_download_of_the_kind_of_its_name(
    house: House, bob: User, browser: Client, name: str, kind: str
) -> None:
    answer = browser.get(address(exported(house, bob, file_name=name)))
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_a_file_without_a_name_for_people_has_its_own(house: House, bob: User, browser: Client) -> None:
    job_id = exported(house, bob, file_name="")
    assert f"{job_id}.csv" in browser.get(address(job_id)).headers["Content-Disposition"]


def test_what_the_caller_would_rather_have_does_not_matter(house: House, bob: User) -> None:
    client = client_of(bob, Accept="text/csv")
    assert client.get(address(exported(house, bob))).status_code == 200


def test_nobody_else_gets_the_file(house: House, other_house: House, bob: User, browser: Client) -> None:
    job_id = exported(house, bob)
    missing = browser.get(address(uuid7()))
    seer = client_of(member(house, "*", name="Carol"))
    for client in (seer, client_of(member(other_house, "*"))):
        answer = client.get(address(job_id))
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
        assert answer.json() == missing.json()
    assert seer.get(f"/api/progress/jobs/{job_id}/").json()["result"] == {"rows": 1}
    assert Client().get(address(job_id)).status_code == 401


def test_a_removed_file_and_a_job_without_one_are_not_there(house: House, bob: User, browser: Client) -> None:
    gone, without, failed = exported(house, bob), open_job(house, bob), open_job(house, bob)
    default_storage.delete(f"exports/{gone}.csv")
    with working_in(house):
        jobs().complete(without, {"rows": 0})
        jobs().fail(failed, "No.")
    for job_id in (gone, without, failed):
        answer = browser.get(address(job_id))
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)


def test_the_download_takes_no_parameters(house: House, bob: User, browser: Client) -> None:
    assert browser.get(f"{address(exported(house, bob))}?as=html").status_code == 400


class Watched(io.BytesIO):
    """A file that remembers how much was asked for at once."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and remember the length."""
        found = super().read(size)
        self.largest = max(self.largest, len(found))
        return found


def test_an_event_loop_gets_the_file_piece_by_piece(database: None) -> None:
    content = bytes(range(256)) * 4096
    file = Watched(content)
    answer = file_response(AsyncRequestFactory().get("/"), file, name="things.csv", kind="text/csv")

    async def pieces() -> list[bytes]:
        return [piece async for piece in answer]

    assert (answer.is_async, answer["Content-Length"]) == (True, str(len(content)))
    assert b"".join(async_to_sync(pieces)()) == content
    assert file.largest < len(content) / 10
    answer.close()
    assert file.closed
