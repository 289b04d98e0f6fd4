"""Reads of sensitive records: one statement for each request, and no answer without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit_logs.models import ReadAccess
from apps.kernel.ports import ReadLog
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.endings import concluding
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.audit_logs.calls import ACTIONS, BOOKS, add_book, caller, history, refusal, staff
from tests.auth.factories import make_user, reading_in
from tests.directory.callers import client_of, send
from tests.kernel.books import make_books
from tests.support.databases import admin
from tests.support.scopes import House
from tests.support.shelf.factories import make_book
from tests.support.shelf.models import Book


@pytest.fixture(autouse=True)
def sensitive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Books are declared sensitive."""
    monkeypatch.setitem(ENTITIES._entries, "shelf.book", replace(ENTITIES["shelf.book"], is_sensitive=True))


@pytest.fixture
def alice(house: House) -> Client:
    return caller(house, "*", name="Alice")


def reads(house: House, entity: str = "shelf.book") -> list[ReadAccess]:
    with reading_in(house):
        return list(ReadAccess.objects.filter(entity=entity).order_by("id"))


def noted(house: House, entity: str = "shelf.book") -> list[tuple[str, list[str]]]:
    return [(row.how, sorted(row.record_ids)) for row in reads(house, entity)]


def keys(rows: list[Book]) -> list[str]:
    return sorted(str(row.pk) for row in rows)


def inserts(captured: CaptureQueriesContext) -> int:
    return sum('INSERT INTO "read_access"' in item["sql"] for item in captured.captured_queries)


@pytest.mark.parametrize("size", [1, 7, 40])
def test_a_list_is_one_read_and_one_statement_whatever_the_page(house: House, alice: Client, size: int) -> None:
    books = make_books(house, *({"title": f"{number:02}"} for number in range(40)))
    with CaptureQueriesContext(connection) as captured:
        assert alice.get(BOOKS, {"page_size": size}).status_code == 200
    assert inserts(captured) == 1
    assert noted(house) == [("list", keys(books[:size]))]


def test_a_read_says_who_saw_what_and_how(house: House) -> None:
    user = staff(house, "*", name="Alice")
    [book] = make_books(house, {})
    answer = client_of(user, organization=house.root).get(f"{BOOKS}{book.pk}/")
    assert answer.status_code == 200
    [row] = reads(house)
    assert (row.actor_kind, row.actor_id, row.actor_label) == ("staff", user.pk, "Alice")
    assert (row.entity, row.record_ids, row.how) == ("shelf.book", [str(book.pk)], "detail")
    assert set(row.organization_ids) == {house.root.pk, house.north.pk, house.south.pk}
    assert row.tenant_id == house.tenant.pk


def test_the_request_of_a_read_can_be_found_again(house: House, alice: Client) -> None:
    number = "0190aaaa-0000-7000-8000-00000000abcd"
    make_books(house, {})
    alice.get(BOOKS, headers={"X-Correlation-Id": number})
    assert str(reads(house)[0].correlation_id) == number


def test_a_streamed_file_is_one_read_that_is_there_before_the_first_piece(house: House, alice: Client) -> None:
    books = make_books(house, *({"title": f"{number:02}"} for number in range(12)))
    with CaptureQueriesContext(connection) as captured:
        answer = alice.get(BOOKS, {"format": "csv", "code__in": "B1,B2,B3"})
        assert noted(house) == [("export", keys(books[1:4]))]
        assert len(b"".join(answer.streaming_content).splitlines()) == 4  # type: ignore[attr-defined]
    assert inserts(captured) == 1
    assert len(reads(house)) == 1


def test_other_kinds_of_record_are_not_noted(house: House, alice: Client) -> None:
    assert alice.get("/api/shelf/shelves/").status_code == 200
    assert alice.get("/api/currencies/currencies/").status_code == 200
    with reading_in(house):
        assert ReadAccess.objects.count() == 0


def test_an_empty_list_and_a_refusal_show_nothing(house: House, other_house: House, alice: Client) -> None:
    foreign = make_book(other_house)
    assert alice.get(BOOKS).json()["results"] == []
    assert alice.get(f"{BOOKS}{foreign.pk}/").status_code == 404
    assert alice.get(BOOKS, {"colour": "red"}).status_code == 400
    assert caller(house).get(BOOKS).status_code == 403
    assert reads(house) == []


def test_a_diff_is_a_read_of_the_records_in_it(house: House, alice: Client) -> None:
    added = add_book(alice)
    book, action = added.json()["id"], added["X-Action-Id"]
    for address in (f"{ACTIONS}{action}/", f"{ACTIONS}{action}/undo_plan/", history(book)):
        before = len(reads(house))
        assert alice.get(address).status_code == 200
        assert noted(house)[before:] == [("detail", [book])]
    assert alice.get(ACTIONS).status_code == 200
    assert len(reads(house)) == 3


def test_the_back_office_notes_lists_forms_and_histories(house: House, alice: Client) -> None:
    user = make_user(house, name="Dora")
    listed = alice.get("/backend/auth/user/")
    shown = sorted(str(row.pk) for row in listed.context["cl"].result_list)
    assert str(user.pk) in shown
    assert noted(house, "auth.user") == [("list", shown)]
    for page in ("change", "history"):
        before = len(reads(house, "auth.user"))
        assert alice.get(f"/backend/auth/user/{user.pk}/{page}/").status_code == 200
        assert (noted(house, "auth.user")[before:]) == [("detail", [str(user.pk)])]


def test_a_form_that_shows_nothing_is_no_read(house: House, other_house: House, alice: Client) -> None:
    foreign = make_user(other_house, name="Charlie")
    assert alice.get(f"/backend/auth/user/{foreign.pk}/change/").status_code == 404
    assert alice.get("/backend/auth/user/nonsense/change/").status_code == 404
    assert alice.get("/backend/auth/user/add/").status_code == 200
    assert reads(house, "auth.user") == []


def test_reads_of_one_request_are_put_together(house: House) -> None:
    books = make_books(house, {}, {}, {})
    log, scope = service(ReadLog), house.scope()
    with using_scope(scope), CaptureQueriesContext(connection) as captured, concluding():
        log.note("shelf.book", [books[0].pk], how="list")
        log.note("shelf.book", [books[0].pk, books[1].pk], how="list")
        with using_scope(replace(scope, organization_ids=frozenset([house.north.pk]))):
            log.note("shelf.book", [books[2].pk], how="detail")
        assert inserts(captured) == 0
    assert inserts(captured) == 1
    assert noted(house) == [("list", keys(books[:2])), ("detail", keys(books[2:]))]


def test_outside_of_a_request_a_read_is_written_at_once(house: House) -> None:
    [book] = make_books(house, {})
    with using_scope(house.scope()), scoped_transaction():
        service(ReadLog).note("shelf.book", [book.pk], how="export")
        assert ReadAccess.objects.count() == 1


def test_many_records_are_parted_into_rows_of_one_statement(house: House) -> None:
    ids = [book.pk for book in make_books(house, *({} for _ in range(3)))]
    many = [*ids, *(type(ids[0])(int=number) for number in range(1, 2499))]
    with using_scope(house.scope()), CaptureQueriesContext(connection) as captured, concluding():
        service(ReadLog).note("shelf.book", many, how="export")
    assert inserts(captured) == 1
    assert [len(row.record_ids) for row in reads(house)] == [1000, 1000, 501]


def test_the_log_can_only_grow(house: House, alice: Client) -> None:
    make_books(house, {})
    alice.get(BOOKS)
    for statement in ("UPDATE read_access SET how = 'x'", "DELETE FROM read_access", "TRUNCATE read_access"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            using_scope(house.scope()),
            scoped_transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.fixture
def broken(house: House) -> Iterator[None]:
    """The table of the log is gone."""
    with admin(connection.settings_dict["NAME"]) as session:
        session.execute("ALTER TABLE read_access RENAME TO read_access_elsewhere")
    yield
    with admin(connection.settings_dict["NAME"]) as session:
        session.execute("ALTER TABLE read_access_elsewhere RENAME TO read_access")


@pytest.mark.committed
@pytest.mark.parametrize("address", [BOOKS, f"{BOOKS}{{book}}/", f"{BOOKS}?format=csv", "/backend/auth/user/"])
def test_what_cannot_be_recorded_is_not_shown(
    house: House, broken: None, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    alice = caller(house, "*", name="Alice")
    book = make_book(house, "Not to be seen")
    answer = alice.get(address.format(book=book.pk))
    assert answer.status_code == 503
    assert b"Not to be seen" not in answer.content
    if address.startswith("/api/"):
        assert refusal(answer) == (503, "audit_logs.reads.not_kept")
    [lost] = [item for item in caplog.records if item.name == "apps.audit_logs.services.reads"]
    assert lost.levelname == "ERROR"
    assert vars(lost)["records"] >= 1


@pytest.mark.committed
def test_what_was_written_stays_written_when_its_answer_cannot_be_recorded(
    house: House, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    alice = caller(house, "*", name="Alice")
    action = add_book(alice)["X-Action-Id"]
    answer = send(alice, "post", f"{ACTIONS}{action}/undo/", {})
    assert (answer.status_code, answer.json()["undoes"]) == (200, [action])
    assert [item.levelname for item in caplog.records if item.name == "apps.audit_logs.services.reads"] == ["ERROR"]


def test_a_note_inside_a_transaction_of_its_own_shares_its_fate(house: House) -> None:
    [book] = make_books(house, {})
    with pytest.raises(ZeroDivisionError), using_scope(house.scope()), scoped_transaction():
        service(ReadLog).note("shelf.book", [book.pk], how="export")
        raise ZeroDivisionError
    assert reads(house) == []


@pytest.mark.committed
def test_a_large_export_in_the_background_is_noted(
    house: House, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr("apps.kernel.api.exporting.answers.AT_ONCE", 3)
    alice = caller(house, "*", name="Alice")
    books = make_books(house, *({} for _ in range(9)))
    assert alice.get(BOOKS, {"format": "csv"}).status_code == 202
    assert reads(house) == []
    sweep("work")
    assert noted(house) == [("export", keys(books))]
    assert reads(house)[0].actor_label == "Alice"
