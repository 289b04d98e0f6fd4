"""Export of lists: the same rows, order and columns as shown, or all fields; a file at once, or a job."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from apps.audit_logs.models import ReadAccess
from apps.backoffice.site import site
from apps.kernel.admin import exporting
from apps.kernel.api.reading.expansions import RESOURCES
from apps.kernel.commands.models import Action
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.auth.factories import reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import text_of
from tests.backoffice.lists import BOOKS, books_now, select, selection_of
from tests.directory.callers import client_of, member
from tests.entities.test_records import make_car, make_field, make_type
from tests.kernel.books import make_books
from tests.support.scopes import House

EXPORT = f"{BOOKS}export/"
SHOWN = ["title", "code", "kind", "price", "is_lent", "currency_id", "is_restricted"]


def export(client: Client, query: str = "", *, form: str = "csv", fields: str = "shown", **more: Any) -> Any:
    return client.post(f"{EXPORT}{query}", {"format": form, "fields": fields, **more})


def body_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body_of(answer).decode())))


def exports(house: House) -> list[tuple[str, dict[str, Any]]]:
    with reading_in(house):
        rows = Action.objects.filter(command__startswith="kernel.list.").order_by("pk")
        return list(rows.values_list("resource_entity", "input"))


def test_the_file_has_the_columns_the_rows_and_the_order_of_the_list(house: House, alice: Client) -> None:
    make_books(
        house,
        {"title": "Beta", "kind": "atlas", "price": "2.5"},
        {"title": "Alpha", "kind": "atlas"},
        {"title": "Gamma", "kind": "novel"},
    )
    found = rows_of(export(alice, "?kind=atlas"))
    assert [list(row) for row in found[:1]] == [SHOWN]
    assert [(row["title"], row["price"]) for row in found] == [("Alpha", ""), ("Beta", "2.5000")]
    assert [row["title"] for row in rows_of(export(alice, "?o=-1"))] == ["Gamma", "Beta", "Alpha"]
    assert [row["title"] for row in rows_of(export(alice, "?q=gam"))] == ["Gamma"]


def test_all_fields_are_those_of_the_rest_export(house: House, alice: Client) -> None:
    make_books(house, {"notes": "told to nobody else"})
    [row] = json.loads(body_of(export(alice, form="json", fields="all")))
    assert {"id", "tags", "notes", "created_at", "version"} <= set(row)
    assert row["notes"] == "told to nobody else"


def test_formulas_are_harmless_and_a_sheet_can_be_read(house: House, alice: Client) -> None:
    make_books(house, {"title": "=1+1"})
    assert rows_of(export(alice))[0]["title"] == "'=1+1"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body_of(export(alice, form="xlsx")))).get_sheet_by_index(0)
    assert [row[0] for row in sheet.to_python()] == ["title", "=1+1"]


def test_only_selected_rows_are_exported(house: House, alice: Client) -> None:
    books = make_books(house, {}, {}, {})
    page = select(alice, "export_selected", books[:2])
    assert "Export 2 books" in text_of(page.content)
    found = rows_of(export(alice, selection=selection_of(page)))
    assert [row["code"] for row in found] == ["B0", "B1"]


def test_the_export_stands_in_the_history_and_can_be_downloaded_by_its_button(house: House, alice: Client) -> None:
    make_books(house, {}, {})
    answer = export(alice, "?kind=novel&q=book")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="shelf-book-')
    body_of(answer)
    address = f"{EXPORT}?kind=novel&q=[redacted]"  # books keep something encrypted
    assert exports(house) == [("shelf.book", {"entity": "shelf.book", "form": "csv", "address": address, "rows": 2})]


def test_reads_of_sensitive_records_are_noted(house: House, alice: Client) -> None:
    answer = alice.post("/backend/auth/user/export/", {"format": "csv", "fields": "shown"})
    assert "Alice" in body_of(answer).decode()
    with reading_in(house):
        assert ReadAccess.objects.filter(entity="auth.user", how="export").count() == 1


def test_other_tenants_and_hidden_rows_are_not_in_it(house: House, other_house: House, log_in: LogIn) -> None:
    bob = log_in("shelf.books.view")
    make_books(house, {"title": "Mine"}, {"title": "Restricted", "is_restricted": True})
    [foreign] = make_books(other_house, {"title": "Theirs"})
    assert [row["title"] for row in rows_of(export(bob))] == ["Mine"]
    assert rows_of(export(bob, selection=f"{foreign.pk.hex} {uuid4().hex}")) == []


def test_who_does_not_see_the_list_gets_no_file(house: House, log_in: LogIn) -> None:
    make_books(house, {})
    bob = log_in("currencies.view")
    assert export(bob).status_code == 403
    assert exports(house) == []


@pytest.mark.parametrize(
    ("query", "values", "status"),
    [
        ("", {"form": "pdf"}, 404),
        ("", {"fields": "some"}, 404),
        ("", {"selection": "nonsense"}, 404),
        ("?nonsense=1", {}, 400),
    ],
)
def test_what_cannot_be_exported_leaves_no_trace(
    house: House, alice: Client, query: str, values: dict[str, str], status: int
) -> None:
    assert export(alice, query, **values).status_code == status
    assert alice.get(EXPORT).status_code == 404
    assert exports(house) == []


def test_each_list_with_a_resource_has_the_menu_and_others_have_not(alice: Client) -> None:
    assert f'action="{EXPORT}"' in alice.get(BOOKS).content.decode()
    sessions = "/backend/auth/session/"
    assert "/export/" not in alice.get(sessions).content.decode()
    assert alice.post(f"{sessions}export/", {"format": "csv", "fields": "shown"}).status_code == 403


def test_a_file_costs_the_same_however_many_rows(house: House, alice: Client) -> None:
    costs = []
    make_books(house, {}, {})
    body_of(export(alice))
    for number in (2, 40):
        with CaptureQueriesContext(connection) as asked:
            assert len(rows_of(export(alice))) == number
        costs.append(len(asked))
        make_books(house, *({"code": f"{number} {item}"} for item in range(38)))
    assert costs[0] == costs[1]


@pytest.mark.matrix
@pytest.mark.parametrize("fields", ["shown", "all"])
def test_every_list_of_the_house_with_a_resource_can_be_exported(house: House, alice: Client, fields: str) -> None:
    lists = [page for model, page in site._registry.items() if getattr(model, "entity_id", "") in RESOURCES]
    assert len(lists) > 15
    for page in lists:
        address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_export")
        answer = alice.post(address, {"format": "csv", "fields": fields})
        if page.opts.label == "entities.Record":  # records of no one type have no fields in common
            assert answer.status_code == 403
        else:
            assert body_of(answer).decode().partition("\n")[0], page.opts.label


@pytest.mark.committed
def test_a_large_export_is_a_job_with_a_file(house: House, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    make_books(house, {"kind": "atlas"}, {"kind": "atlas"}, {"kind": "atlas"}, {"kind": "novel"})
    answer = export(alice, "?kind=atlas")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{BOOKS}?kind=atlas")
    assert "The file is being written." in text_of(alice.get(BOOKS).content)
    sweep()
    with reading_in(house):
        job = Job.objects.get(kind="kernel.list_export")
    assert (job.status, job.counts) == ("completed", {"rows": 3})
    with default_storage.open(job.file) as file:
        found = list(csv.DictReader(io.TextIOWrapper(file)))
    assert [row["code"] for row in found] == ["B0", "B1", "B2"]
    assert len(books_now(house)) == 4


def test_records_of_a_type_are_exported_with_its_fields(house: House, alice: Client) -> None:
    rest = client_of(member(house, "*", name="Carol"), organization=house.root)
    make_type(rest)
    make_field(rest, "colour", "text")
    make_car(rest, "Beetle", colour="red")
    answer = alice.post("/backend/entities/record/export/?type=car", {"format": "csv", "fields": "shown"})
    [row] = rows_of(answer)
    assert (row["title"], row["cf_colour"]) == ("Beetle", "red")
