"""Days and moments on pages are those of the reader's zone, also where a condition or a job of a worker reads them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from apps.kernel.admin import exporting, many
from apps.kernel.clock import frozen
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.auth.factories import make_role, make_user, reading_in
from tests.backoffice.conftest import signed_in
from tests.backoffice.lists import BOOKS
from tests.directory.callers import client_of, member
from tests.entities.test_records import CARS, make_car, make_field, make_type
from tests.kernel.books import librarian, make_books, titles
from tests.support.scopes import House

LATE = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the 2nd of March in Warsaw


@pytest.fixture
def warsaw(house: House) -> Client:
    """Somebody who reads in Warsaw's time and may do everything."""
    role = make_role(house, "*")
    return signed_in(make_user(house, roles=(role,), home_organization_id=house.root.pk, time_zone="Europe/Warsaw"))


def where(operator: str, value: Any) -> str:
    return "?filter=" + quote(json.dumps({"field": "borrowed_at", "operator": operator, "value": value}))


def shown(client: Client, query: str) -> list[str]:
    return [row.title for row in client.get(f"{BOOKS}{query}").context["cl"].result_list]


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        ("=", "2026-03-02", ["Book 0"]),
        ("=", "2026-03-01", []),
        (">", "2026-03-01", ["Book 0"]),
        ("between", ["2026-03-02", "2026-03-02"], ["Book 0"]),
        ("=", {"today": []}, ["Book 0"]),
        ("=", "2026-03-02T00:30", ["Book 0"]),
        ("=", "2026-03-01T23:30Z", ["Book 0"]),
    ],
)
def test_a_condition_of_a_list_means_days_of_the_readers_zone(
    house: House, warsaw: Client, operator: str, value: Any, found: list[str]
) -> None:
    make_books(house, {"borrowed_at": LATE})
    with frozen(LATE):
        assert shown(warsaw, where(operator, value)) == found


def test_over_rest_days_are_those_of_utc(house: House) -> None:
    make_books(house, {"borrowed_at": LATE})
    user = make_user(house, roles=(make_role(house, "shelf.*"),), time_zone="Europe/Warsaw")
    reader = client_of(user, organization=house.root)
    assert titles(reader.get(f"/api/shelf/books/{where('=', '2026-03-01')}")) == ["Book 0"]
    assert titles(librarian(house).get(f"/api/shelf/books/{where('=', '2026-03-02')}")) == []


@pytest.mark.committed
def test_a_file_that_a_worker_writes_holds_the_rows_of_the_list(
    house: House, warsaw: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    make_books(house, {"borrowed_at": LATE}, {"borrowed_at": LATE.replace(day=2)})
    query = where("=", "2026-03-02")
    assert shown(warsaw, query) == ["Book 0"]
    warsaw.post(f"{BOOKS}export/{query}", {"format": "csv", "fields": "shown"})
    sweep()
    with reading_in(house):
        job = Job.objects.get(kind="kernel.list_export")
    with default_storage.open(job.file) as file:
        assert [row["title"] for row in csv.DictReader(io.TextIOWrapper(file))] == ["Book 0"]


@pytest.mark.committed
@pytest.mark.parametrize("at_once", [2, 1])
def test_a_moment_for_many_records_is_the_same_at_once_and_by_a_worker(
    house: House, warsaw: Client, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", at_once)
    rest = client_of(member(house, "*", name="Carol"), organization=house.root)
    make_type(rest)
    make_field(rest, "due", "datetime")
    cars = [make_car(rest, title) for title in ("Beetle", "Mini")]
    text = " ".join(f"{UUID(car['id']).hex}.{car['version']}" for car in cars)
    given = {"selection": text, "change": "cf_due", "cf_due": "2026-03-02T00:30"}
    assert warsaw.post("/backend/entities/record/bulk/?type=car", {**given, "step": "apply"}).status_code == 302
    sweep()
    found = [item["custom_fields"]["due"] for item in rest.get(CARS).json()["results"]]
    assert found == ["2026-03-01T23:30:00.000000Z"] * 2


@pytest.mark.committed
def test_a_refusal_of_a_worker_is_in_the_language_of_who_asked(
    house: House, warsaw: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 0)
    [book] = make_books(house, {})
    warsaw.cookies["django_language"] = "pl"
    given = {"selection": f"{book.pk.hex}.7", "change": "pages", "pages": "3", "step": "apply"}
    assert warsaw.post(f"{BOOKS}bulk/", given).status_code == 302
    sweep()
    with reading_in(house):
        job = Job.objects.get(kind="kernel.many")
    assert (job.status, "zmieniono" in job.error) == ("failed", True), job.error
