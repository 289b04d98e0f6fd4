"""Files of lists: forms, rights, what a spreadsheet would run, and large ones behind the answer."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.kernel.commands.models import Action
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.auth.factories import reading_in
from tests.directory.callers import client_of, complaints, member
from tests.kernel.books import BOOKS, librarian, make_books
from tests.support.scopes import House

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode())))


def test_csv_has_the_fields_and_rows_of_the_list(house: House, alice: Any) -> None:
    make_books(house, {"title": "b", "price": Decimal("1.5"), "tags": ["x"]}, {"title": "a", "is_lent": True})
    answer = alice.get(BOOKS, {"format": "csv", "fields": "title,price,tags,is_lent"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert table(answer) == [
        {"title": "a", "price": "", "tags": "[]", "is_lent": "true"},
        {"title": "b", "price": "1.5000", "tags": '["x"]', "is_lent": "false"},
    ]


def test_accept_chooses_the_form_too(house: House, alice: Any) -> None:
    make_books(house, {"title": "a"})
    assert table(alice.get(BOOKS, headers={"Accept": "text/csv"}))[0]["title"] == "a"
    assert alice.get(BOOKS, headers={"Accept": XLSX})["Content-Type"] == XLSX
    assert alice.get(BOOKS, headers={"Accept": "application/json"}).json()["count"] == 1


def test_json_is_an_array_of_the_same_records(house: House, alice: Any) -> None:
    make_books(house, {"title": "a"}, {"title": "b"})
    exported = json.loads(body(alice.get(BOOKS, {"format": "json"})))
    assert exported == alice.get(BOOKS).json()["results"]


def test_no_cell_becomes_a_formula(house: House, alice: Any) -> None:
    evil = ['=cmd|" /C calc"!A0', "+1", "-1", "@SUM(A1)", "\tx", "\nx"]
    make_books(house, *({"title": text, "code": f"E{number}", "pages": 5} for number, text in enumerate(evil)))
    rows = table(alice.get(BOOKS, {"format": "csv", "fields": "title,pages,price"}))
    assert all(row["title"].startswith("'") for row in rows)
    assert {row["pages"] for row in rows} == {"5"}
    sheet = zipfile.ZipFile(io.BytesIO(body(alice.get(BOOKS, {"format": "xlsx"})))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_negative_numbers_stay_numbers(house: House, alice: Any) -> None:
    make_books(house, {"price": Decimal("-2.5")})
    assert table(alice.get(BOOKS, {"format": "csv"}))[0]["price"] == "-2.5000"


def test_a_file_obeys_filters_order_and_scope(house: House, other_house: House, alice: Any) -> None:
    make_books(house, {"title": "a"}, {"title": "b"}, {"title": "c"})
    make_books(other_house, {"title": "foreign"})
    client = client_of(member(house, "shelf.*", only=(house.north,)))
    rows = table(alice.get(BOOKS, {"format": "csv", "ordering": "-title", "code__in": "B0,B2"}))
    assert [row["title"] for row in rows] == ["c", "a"]
    assert table(client.get(BOOKS, {"format": "csv"})) == []


def test_what_makes_no_sense_in_a_file_is_refused(alice: Any) -> None:
    assert complaints(alice.get(BOOKS, {"format": "csv", "page": "2"})) == {"page": "kernel.parameter.unknown"}
    assert complaints(alice.get(BOOKS, {"format": "csv", "expand": "shelf"})) == {"expand": "kernel.export.flat"}
    assert alice.get(BOOKS, {"format": "pdf"}).status_code == 406
    assert alice.get("/api/currencies/currencies/master/", {"format": "csv"}).status_code in {403, 406}


def test_who_may_not_list_may_not_export(house: House) -> None:
    assert client_of(member(house)).get(BOOKS, {"format": "csv"}).status_code == 403


def test_an_export_stands_in_the_history(house: House, alice: Any) -> None:
    make_books(house, {}, {})
    body(alice.get(BOOKS, {"format": "csv", "kind": "novel"}))
    with reading_in(house):
        action = Action.objects.get(command="kernel.list.export")
    assert action.resource_entity == "shelf.book"
    assert (action.input["rows"], action.input["form"]) == (2, "csv")
    assert "kind=novel" in action.input["address"]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three rows be many."""
    monkeypatch.setattr("apps.kernel.api.exporting.answers.AT_ONCE", 3)


@pytest.mark.committed
def test_a_large_export_is_a_job_with_a_link_for_its_owner(house: House, large: None) -> None:
    alice, bob = librarian(house), librarian(house)
    make_books(house, *({"title": f"{number:02}"} for number in range(9)))
    answer = alice.get(BOOKS, {"format": "csv", "ordering": "title"})
    assert answer.status_code == 202
    job = answer.json()["progress"]
    assert answer["Location"] == job
    assert alice.get(job).json()["status"] == "pending"
    sweep("work")
    done = alice.get(job).json()
    assert (done["status"], done["processed"], done["total"]) == ("completed", 9, 9)
    rows = table(alice.get(done["result"]["download"]))
    assert [row["title"] for row in rows] == [f"{number:02}" for number in range(9)]
    assert bob.get(done["result"]["download"]).status_code == 404


@pytest.mark.committed
def test_a_job_sees_what_its_owner_may_see_when_it_runs(house: House, large: None) -> None:
    user = member(house, "shelf.*")
    client = client_of(user, organization=house.root)
    make_books(house, *({"title": f"{number:02}"} for number in range(9)))
    job = client.get(BOOKS, {"format": "csv"}).json()["progress_job_id"]
    from apps.auth.models import UserRole
    from tests.support.scopes import seeding

    with seeding(house.scope()):
        UserRole.objects.filter(user_id=user.pk).delete()
    sweep("work")
    with reading_in(house):
        found = Job.objects.get(pk=job)
    assert found.status == "failed"
    assert "shelf" in found.error
