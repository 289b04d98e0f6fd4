"""The latest actions of a record, found from their end, are the same that a walk through all of them finds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.kernel.commands.history.recent import recent_actions
from apps.kernel.commands.history.records import touching_record
from apps.kernel.commands.history.visibility import visible_actions
from tests.audit_logs.calls import ACTIONS, BOOKS, SHELVES, add_book, caller, change
from tests.auth.factories import reading_in
from tests.directory.callers import send
from tests.support.scopes import House
from tests.support.shelf.models import Shelf


@pytest.fixture
def shelf(house: House) -> Any:
    """A shelf with four books that were changed many times, in orders for several of them too, and taken back."""
    alice = caller(house, "*", name="Alice")
    made = send(alice, "post", SHELVES, {"name": "Top"}).json()["id"]
    books = [str(add_book(alice, f"B{n}", shelf_id=made).json()["id"]) for n in range(4)]
    for number in range(4):
        for book in books:
            change(alice, book, pages=number + 1)
        last = change(alice, books[0], title=f"Dune {number}")
        _change_all(alice, books, number)
        send(alice, "post", f"{ACTIONS}{last}/undo/", {})
        assert send(alice, "patch", f"{SHELVES}{made}/", {"name": f"Top {number}"}).status_code == 200
    return UUID(made)


def _change_all(alice: Client, books: list[str], number: int) -> None:
    order = {"action": "update", "ids": books, "changes": {"notes": f"n {number}"}}
    answer = send(alice, "post", f"{BOOKS}bulk/", order)
    assert answer.status_code == 200, answer.content


def walked(record_id: Any, *, limit: int, until: datetime | None = None) -> list[Any]:
    rows = touching_record(visible_actions(), record_id, model=Shelf, related=True)
    return list((rows if until is None else rows.filter(created_at__lte=until))[:limit])


def test_every_page_of_every_size_is_the_same(house: House, shelf: Any) -> None:
    with reading_in(house):
        everything = walked(shelf, limit=500)
        assert len(everything) > 30
        for limit in (1, 2, 3, 10, 500):
            for until in (None, *(item.created_at for item in everything[::5])):
                found = recent_actions(shelf, model=Shelf, limit=limit, until=until)
                assert [item.pk for item in found] == [item.pk for item in walked(shelf, limit=limit, until=until)]
