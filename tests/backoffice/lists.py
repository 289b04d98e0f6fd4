"""Lists of books in the back office for tests: selecting rows, and what the pages say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.test import Client

from tests.auth.factories import reading_in
from tests.support.scopes import House
from tests.support.shelf.models import Book

BOOKS = "/backend/shelf/book/"


def select(client: Client, action: str, rows: Iterable[Any], *, query: str = "", across: bool = False) -> Any:
    """Run an action of the list for rows, or for everything that the list would show."""
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows], "index": "0"}
    return client.post(f"{BOOKS}{query}", {**body, "select_across": "1" if across else "0"})


def selection_of(page: Any) -> str:
    """What the page's form has chosen."""
    found: str = page.context["chosen"].text
    return found


def books_now(house: House) -> dict[str, Book]:
    """Living books by code."""
    with reading_in(house):
        return {row.code: row for row in Book.objects.filter(deleted_at__isnull=True)}
