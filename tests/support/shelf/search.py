"""How books are found: by title, code and tags, and by the whole of their notes, which are encrypted."""

from __future__ import annotations

from apps.search.contracts import searchable
from tests.support.shelf.features import VIEW
from tests.support.shelf.models import Book

searchable(
    Book,
    feature=VIEW,
    title="title",
    subtitle=lambda book: f"{book.code}, {book.pages}" if book.pages else book.code,
    fields={"title": "A", "code": "B", "tags": "D"},
    excluded=("kind",),
    hash_only=("notes",),
)
