"""One action for many records: all or none, one undo, and large orders behind the answer."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.kernel.work.sweeper import sweep
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.books import BOOKS, librarian, make_books, titles
from tests.support.scopes import House

BULK = f"{BOOKS}bulk/"


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house, "audit_logs.*")


EVERY = {"field": "pages", "operator": ">=", "value": 0}


def order(client: Client, **body: Any) -> Any:
    return send(client, "post", BULK, json.loads(json.dumps(body, default=str)))


def pages_of(client: Client) -> list[int]:
    return [row["pages"] for row in client.get(BOOKS, {"ordering": "code"}).json()["results"]]


def test_many_records_change_in_one_action_that_one_undo_takes_back(house: House, alice: Any) -> None:
    books = make_books(house, *({"pages": 1} for _ in range(5)))
    answer = order(alice, action="update", ids=[book.pk for book in books[:4]], changes={"pages": 9})
    assert (answer.status_code, answer.json()) == (200, {"action": "update", "count": 4, "dry_run": False})
    assert pages_of(alice) == [9, 9, 9, 9, 1]
    undone = send(alice, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert pages_of(alice) == [1] * 5


def test_a_filter_names_the_records(house: House, alice: Any) -> None:
    make_books(house, {"pages": 1}, {"pages": 20}, {"pages": 30})
    answer = order(alice, action="delete", filter={"field": "pages", "operator": ">", "value": 10})
    assert answer.json()["count"] == 2
    assert pages_of(alice) == [1]


def test_a_list_s_own_parameters_name_what_it_shows(house: House, alice: Any) -> None:
    make_books(house, {"code": "AB", "pages": 1}, {"code": "AC", "pages": 5}, {"code": "B", "pages": 7})
    chosen = {"code__istartswith": "a", "pages__gt": "2"}
    answer = order(alice, action="update", where=chosen, changes={"pages": 9})
    assert (answer.status_code, answer.json().get("count")) == (200, 1), answer.content
    assert pages_of(alice) == [1, 9, 7]
    assert order(alice, action="delete", where={"code": "none"}).json()["count"] == 0
    assert pages_of(alice) == [1, 9, 7]


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ({"colour": "red"}, "where.colour"),
        ({"ordering": "code"}, "where.ordering"),
        ({"page": "1"}, "where.page"),
        ({"ids": str(uuid4())}, "where.ids"),
        ({"pages": "many"}, "where.pages"),
        ({"pages": ""}, "where.pages"),
        ({"cf_size": "1"}, "where.cf_size"),
    ],
)
def test_parameters_that_a_list_refuses_name_nothing(
    house: House, alice: Any, where: dict[str, str], field: str
) -> None:
    make_books(house, {}, {})
    answer = order(alice, action="delete", where=where)
    assert (answer.status_code, complaints(answer)) == (400, {field: "kernel.bulk.where"}), answer.content
    assert len(titles(alice.get(BOOKS))) == 2


def test_one_refusal_refuses_all(house: House, alice: Any) -> None:
    books = make_books(house, {"code": "A"}, {"code": "B"})
    answer = order(alice, action="update", ids=[book.pk for book in books], changes={"code": "C"})
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.bulk.refused")
    [field] = complaints(answer)
    assert field.startswith("ids.")
    assert {row["code"] for row in alice.get(BOOKS).json()["results"]} == {"A", "B"}


def test_a_rehearsal_says_what_would_happen_and_does_nothing(house: House, alice: Any) -> None:
    books = make_books(house, {}, {})
    ids = [book.pk for book in books]
    answer = order(alice, action="delete", ids=ids, dry_run=True)
    assert answer.json() == {"action": "delete", "count": 2, "dry_run": True}
    assert "X-Action-Id" not in answer
    assert len(titles(alice.get(BOOKS))) == 2
    assert order(alice, action="update", ids=ids, changes={"code": "X"}, dry_run=True).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "burn", "ids": [str(uuid4())]}, "action"),
        ({"action": "update", "ids": [str(uuid4())]}, "changes"),
        ({"action": "delete", "ids": [str(uuid4())], "changes": {"pages": 1}}, "changes"),
        ({"action": "delete"}, "ids"),
        ({"action": "delete", "ids": []}, "ids"),
        ({"action": "delete", "ids": ["x"]}, "ids.0"),
        ({"action": "delete", "ids": [str(uuid4())], "filter": {}}, "ids"),
        ({"action": "delete", "ids": [str(uuid4())], "where": {"pages": "1"}}, "ids"),
        ({"action": "delete", "where": {}}, "where"),
        ({"action": "delete", "where": {"pages": {"a": 1}}}, "where.pages"),
        ({"action": "delete", "ids": [str(uuid4())], "colour": 1}, "colour"),
        ({"ids": [str(uuid4())]}, "action"),
        ({"action": "update", "ids": [str(uuid4())], "changes": {"pages": "x", "tenant_id": "y"}}, "changes.pages"),
    ],
)
def test_wrong_orders_are_refused(alice: Any, body: dict[str, Any], field: str) -> None:
    answer = order(alice, **body)
    assert answer.status_code == 400
    assert field in complaints(answer)


def test_foreign_hidden_and_missing_records_look_the_same(house: House, other_house: House, alice: Any) -> None:
    [foreign] = make_books(other_house, {})
    wordings = set()
    for record_id in (foreign.pk, uuid4()):
        answer = order(alice, action="delete", ids=[record_id])
        assert answer.status_code == 400
        wordings.add((answer.json()["detail"], *(item["message"] for item in answer.json()["errors"])))
    assert len(wordings) == 1


def test_the_action_needs_its_own_feature(house: House) -> None:
    [book] = make_books(house, {})
    reader = client_of(member(house, "shelf.books.view"), organization=house.root)
    answer = order(reader, action="delete", ids=[book.pk])
    assert answer.status_code == 403


def test_undo_needs_the_feature_of_what_was_done(house: House, alice: Any) -> None:
    [book] = make_books(house, {"pages": 1})
    answer = order(alice, action="update", ids=[book.pk], changes={"pages": 2})
    undoer = client_of(member(house, "audit_logs.*"), organization=house.root)
    assert send(undoer, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {}).status_code == 403


def test_the_same_key_has_one_effect(house: House, alice: Any) -> None:
    [book] = make_books(house, {"pages": 1})
    body = {"action": "update", "ids": [str(book.pk)], "changes": {"pages": 2}}
    first, second = (send(alice, "post", BULK, body, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == second.json()
    assert alice.get(f"{BOOKS}{book.pk}/").json()["version"] == 2


@pytest.mark.committed
def test_more_than_two_hundred_are_changed_behind_the_answer(house: House) -> None:
    alice = librarian(house)
    make_books(house, *({"pages": 1} for _ in range(201)))
    answer = order(alice, action="update", filter=EVERY, changes={"pages": 2, "notes": "kept to ourselves"})
    assert answer.status_code == 202
    sweep("work")
    job = alice.get(answer.json()["progress"]).json()
    assert (job["status"], job["result"]["count"]) == ("completed", 201)
    assert alice.get(BOOKS, {"pages": 2}).json()["count"] == 201
