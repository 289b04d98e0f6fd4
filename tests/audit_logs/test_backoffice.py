"""The history in the back office: what lists and tabs can be narrowed to, and rights that undo checks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit_logs.admin.filters import ByField
from apps.auth.models import RoleAcl
from tests.audit_logs.calls import ACTIONS, CLERK, SHELVES, add_book, caller, change, staff, title_of
from tests.auth.factories import system
from tests.directory.callers import client_of, send
from tests.support.scopes import House, seeding

LIST = "/backend/audit_logs/action/"


@pytest.fixture
def alice(house: House) -> Client:
    return caller(house, "*", name="Alice")


@pytest.fixture
def book(alice: Client) -> str:
    return str(add_book(alice, notes="plot").json()["id"])


def listed(client: Client, **asked: str) -> list[str]:
    return [row.command for row in client.get(LIST, asked).context["cl"].result_list]


def tab(client: Client, book: str, **asked: str) -> Any:
    answer = client.get(f"/backend/shelf/book/{book}/history/", asked)
    assert answer.status_code == 200
    return answer.context


def test_the_list_is_narrowed_to_field_door_and_state(alice: Client, book: str) -> None:
    change(alice, book, pages=7)
    action = change(alice, book, title="Dune 2")
    assert listed(alice, kind="shelf.book", field="title") == ["shelf.book.update"]
    assert listed(alice, kind="shelf.book", field="nonsense") == listed(alice, kind="shelf.book")
    assert listed(alice, field="title") == listed(alice)
    assert listed(alice, kind="shelf.book", source="portal") == []
    assert listed(alice, state="undone") == []
    send(alice, "post", f"{ACTIONS}{action}/undo/", {})
    assert listed(alice, state="undone") == ["shelf.book.update"]
    assert "shelf.book.create" in listed(alice, state="counts")


def test_fields_are_offered_once_a_kind_is_chosen(alice: Client) -> None:
    def offered(**asked: str) -> list[str]:
        specs = alice.get(LIST, asked).context["cl"].filter_specs
        return [name for spec in specs if isinstance(spec, ByField) for name, _ in spec.lookup_choices]

    assert offered() == []
    names = offered(kind="shelf.book")
    assert {"title", "notes", "shelf", "currency_id"} <= set(names)
    assert not {"version", "tenant_id", "id"} & set(names)


def test_the_tab_is_narrowed_to_one_field(alice: Client, book: str) -> None:
    change(alice, book, title="Dune 2", pages=3)
    change(alice, book, pages=7)
    entries = tab(alice, book, field="title")["entries"]
    assert [[(item.label, item.old, item.new) for item in entry.diff.rows[0].fields] for entry in entries] == [
        [("Title", "Dune", "Dune 2")],
        [("Title", "—", "Dune")],
    ]
    assert len(tab(alice, book, field="nonsense")["entries"]) == 3
    assert (
        'value="title" selected'
        in alice.get(f"/backend/shelf/book/{book}/history/", {"field": "title"}).content.decode()
    )


def test_the_tab_shows_what_belongs_to_the_record_when_asked(alice: Client) -> None:
    shelf = send(alice, "post", SHELVES, {"name": "Top"}).json()["id"]
    add_book(alice, shelf_id=shelf)
    for asked, count in (({}, 1), ({"related": "true"}, 2)):
        answer = alice.get(f"/backend/shelf/shelf/{shelf}/history/", asked)
        assert len(answer.context["entries"]) == count


def test_older_pages_keep_what_was_chosen(alice: Client, book: str) -> None:
    for number in range(22):
        change(alice, book, pages=number + 1)
    context = tab(alice, book, field="pages")
    assert len(context["entries"]) == 20
    older = alice.get(f"/backend/shelf/book/{book}/history/?{context['older']}").context["entries"]
    assert [len(entry.diff.rows[0].fields) for entry in older] == [1, 1, 1]
    assert {item.label for entry in older for item in entry.diff.rows[0].fields} == {"Pages"}


def test_a_huge_change_hides_no_other(house: House, alice: Client, book: str) -> None:
    with seeding(house.scope()), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO shelf (id, tenant_id, organization_id, created_at, updated_at, version, name)"
            " SELECT uuid7(), %s, %s, now(), now(), 1, 'S' || n FROM generate_series(1, 600) AS n",
            [house.tenant.pk, house.root.pk],
        )
        cursor.execute("UPDATE shelf_book SET pages = 9 WHERE id = %s", [book])
    change(alice, book, title="Dune 2")
    entries = tab(alice, book)["entries"]
    assert [item.label for item in entries[0].diff.rows[0].fields] == ["Title"]
    assert [(row.label, row.happened) for row in entries[1].diff.rows] == [("Dune 2", "changed")]


def test_reads_and_other_unaudited_records_have_no_history_tab(alice: Client, house: House) -> None:
    alice.get("/backend/auth/user/")
    read = alice.get("/backend/audit_logs/readaccess/").context["cl"].result_list[0]
    page = alice.get(f"/backend/audit_logs/readaccess/{read.pk}/change/")
    assert page.status_code == 200
    assert b"/history/" not in page.content
    assert alice.get(f"/backend/audit_logs/readaccess/{read.pk}/history/").status_code == 403


def test_redo_in_the_back_office_needs_the_feature_of_what_comes_back(house: House, alice: Client, book: str) -> None:
    user = staff(house, *CLERK)
    bob = client_of(user)
    action = change(bob, book, title="Dune 2")
    undone = send(bob, "post", f"{ACTIONS}{action}/undo/", {}).json()["id"]
    with seeding(system(house)):
        RoleAcl.objects.filter(role__memberships__user_id=user.pk).update(
            features=["shelf.books.view", "audit_logs.view_self", "audit_logs.undo_self"]
        )
    assert bob.get(f"/backend/undo/{undone}/").status_code == 403
    bob.post("/backend/undo/", {"action": undone})
    assert title_of(alice, book) == "Dune"
    assert tab(bob, book)["entries"][1].redo_id is None


def test_a_tab_costs_the_same_however_long_it_is(alice: Client, book: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            tab(alice, book)
        return len(captured)

    change(alice, book, pages=1)
    queries()
    short = queries()
    for number in range(9):
        change(alice, book, pages=number + 2)
    assert queries() == short


def test_the_list_speaks_of_doors_areas_and_what_was_done(alice: Client, book: str) -> None:
    send(alice, "post", "/api/shelf/books/bulk/", {"action": "update", "ids": [book], "changes": {"pages": 9}})
    page = alice.get(LIST).content.decode()
    assert "Changed many · Shelf" in page
    assert ">REST<" in page


def test_an_undo_and_a_redo_name_the_record(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    for step in ("undo", "redo"):
        label = send(alice, "post", f"{ACTIONS}{action}/{step}/", {}).json()["resource_label"]
        assert label == "Dune 2"
