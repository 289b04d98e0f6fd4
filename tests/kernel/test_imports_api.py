"""Imports over HTTP, from the file to the undo, into records of any kind."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.kernel.imports.limits import MOST_BYTES
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.books import make_books
from tests.support.scopes import House
from tests.support.shelf.models import Book

IMPORTS = "/api/imports/"
TABLE = "Title;Code;Price\nDune;A;12,50\nEarth;B;many\nNew;C;\n"
pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "*", name="Alice"), organization=house.root)


def give(client: Client, content: str | bytes = TABLE, *, entity: str = "shelf.book", name: str = "books.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(IMPORTS, {"entity": entity, "file": SimpleUploadedFile(name, data)})


def given(client: Client, content: str = TABLE, **values: Any) -> str:
    answer = give(client, content, **values)
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == f"{IMPORTS}{answer.json()['id']}/"
    return str(answer["Location"])


def titles(house: House) -> list[str]:
    with using_scope(house.scope()), scoped_transaction():
        return sorted(Book.objects.filter(deleted_at__isnull=True).values_list("title", flat=True))


def test_a_file_goes_in_over_http_and_out_again(house: House, alice: Client) -> None:
    make_books(house, {"code": "A", "title": "Old"})
    run = given(alice)
    shown = alice.get(run).json()
    assert [item["target"] for item in shown["mapping"]] == ["title", "code", "price"]
    assert (shown["state"], shown["mode"], shown["key"]) == ("draft", "create_or_update", ["code"])
    preview = alice.get(f"{run}preview/").json()
    assert preview["rows"][0] == {"number": 2, "cells": ["Dune", "A", "12,50"]}
    assert {"title", "code", "price", "id"} <= {item["name"] for item in preview["fields_offered"]}
    answer = send(alice, "post", f"{run}check/", {})
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    assert answer["Location"] == answer.json()["progress"]
    sweep("work")
    checked = alice.get(run).json()
    assert (checked["state"], checked["counts"]["created"], checked["counts"]["error"]) == ("checked", 1, 1)
    assert titles(house) == ["Old"]
    assert alice.get(f"{run}preview/").json()["changes"][0]["before"]["title"] == "Old"
    assert send(alice, "post", f"{run}start/", {}).status_code == 202
    sweep("work")
    done = alice.get(run).json()
    assert (done["state"], done["counts"], titles(house)) == ("done", checked["counts"], ["Dune", "New"])
    undone = send(alice, "post", f"/api/audit_logs/actions/{done['action_id']}/undo/", {})
    assert (undone.status_code, titles(house)) == (200, ["Old"])


def test_columns_of_one_name_are_numbered_and_said_so(alice: Client) -> None:
    run = given(alice, "Title,Note,Note\nEmma,old,blue\n")
    record, preview = alice.get(run).json(), alice.get(f"{run}preview/").json()
    assert (record["layout"]["has_header"], record["columns"]) == (True, ["Title", "Note", "Note (2)"])
    assert (preview["repeated_columns"], len(preview["rows"])) == (["Note"], 1)


def test_the_rows_that_did_not_go_in_are_a_file(alice: Client) -> None:
    run = given(alice)
    send(alice, "post", f"{run}start/", {})
    sweep("work")
    answer = alice.get(f"{run}errors/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer["Content-Disposition"] == 'attachment; filename="books-errors.csv"'
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    assert rows == [["Title", "Code", "Price", "import_problem"], ["Earth", "B", "many", "price: This is no number."]]


def test_columns_layout_and_options_can_be_changed(alice: Client) -> None:
    run = given(alice, "what|code\nDune|A\n")
    read = send(alice, "patch", run, {"layout": {"delimiter": ";"}})
    assert (read.status_code, read.json()["columns"]) == (200, ["what|code"])
    mapping = [{"target": "title", "sources": [0]}, {"target": "code", "sources": [1], "steps": [{"do": "trim"}]}]
    body = {"layout": {"delimiter": "|"}, "mapping": mapping, "mode": "create", "key": [], "all_or_nothing": True}
    shown = send(alice, "patch", run, body).json()
    assert [(item["target"], item["sources"]) for item in shown["mapping"]] == [("title", [0]), ("code", [1])]
    assert (shown["mode"], shown["key"], shown["all_or_nothing"]) == ("create", [], True)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"mode": "whatever", "speed": 1}, {"mode": "invalid_choice", "speed": "unknown"}),
        ({"mapping": [{"target": "nothing", "sources": [0]}]}, {"mapping.0": "kernel.import.field"}),
        (
            {"mapping": [{"target": "title", "sources": [0], "zone": "Mars/Base"}]},
            {"mapping.0.zone": "kernel.import.zone"},
        ),
        ({"mapping": [{"target": "title", "sources": [7]}]}, {"mapping.0": "kernel.import.column"}),
        ({"key": ["price"]}, {"key": "kernel.import.key"}),
        ({"layout": {"encoding": "klingon"}}, {"layout.encoding": "invalid_choice"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    alice: Client, body: dict[str, Any], expected: dict[str, str]
) -> None:
    run = given(alice)
    before = alice.get(run).json()
    answer = send(alice, "patch", run, body)
    assert answer.status_code == 400, answer.content
    assert expected.items() <= complaints(answer).items()
    assert alice.get(run).json() == before


def test_files_that_are_no_tables_are_refused(alice: Client) -> None:
    answer = give(alice, b"%PDF-1.7 nothing", name="x.pdf")
    assert (answer.status_code, answer.json()["code"]) == (400, "kernel.import.file_refused")
    assert complaints(alice.post(IMPORTS, {"entity": "shelf.book"})) == {"file": "required"}
    assert send(alice, "post", IMPORTS, {"entity": "shelf.book"}).status_code == 415
    assert complaints(give(alice, entity="nothing.at_all")) == {"entity": "kernel.reference.unknown"}
    large = alice.post(IMPORTS, {"entity": "shelf.book"}, headers={"Content-Length": str(MOST_BYTES * 2)})
    assert large.status_code == 413
    assert alice.get(IMPORTS).json() == {"results": []}


def test_an_import_is_nobodys_but_the_callers(house: House, alice: Client) -> None:
    run = given(alice)
    bob = client_of(member(house, "*", name="Bob"), organization=house.root)
    missing = f"{IMPORTS}{house.root.pk}/"
    for path in ("", "preview/", "errors/"):
        answer, other = bob.get(f"{run}{path}"), bob.get(f"{missing}{path}")
        assert (answer.status_code, answer.content) == (404, other.content)
    assert send(bob, "post", f"{run}start/", {}).status_code == 404
    assert send(bob, "patch", run, {"mode": "create"}).status_code == 404
    assert [item["id"] for item in alice.get(IMPORTS).json()["results"]] == [alice.get(run).json()["id"]]
    assert bob.get(IMPORTS, {"entity": "shelf.book"}).json() == {"results": []}


def test_whoever_may_not_write_may_not_import(house: House) -> None:
    bob = client_of(member(house, "shelf.books.view", name="Bob"), organization=house.root)
    answer = give(bob)
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.feature_required")
    assert Client().get(IMPORTS).status_code == 401


def test_a_run_starts_once_and_can_be_stopped_only_while_it_runs(alice: Client) -> None:
    run = given(alice)
    assert send(alice, "post", f"{run}start/", {}).status_code == 202
    again = send(alice, "post", f"{run}start/", {})
    assert (again.status_code, again.json()["code"]) == (409, "kernel.import.ended")
    assert send(alice, "patch", run, {"mode": "create"}).status_code == 409
    assert send(alice, "post", f"{run}stop/", {"keep": False}).status_code == 202
    sweep("work")
    assert alice.get(run).json()["state"] in {"taken_back", "stopped"}
    late = send(alice, "post", f"{run}stop/", {"keep": True})
    assert (late.status_code, late.json()["code"]) == (409, "kernel.import.ended")
