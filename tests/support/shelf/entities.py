"""The kinds of record `shelf.book` and `shelf.shelf`."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from tests.support.shelf.models import Book, Shelf

entity(Book, icon="book_2", search=("title", "code"), broadcast="staff")
entity(Shelf, icon="shelves", search=("name",))
