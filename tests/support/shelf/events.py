"""What happens to books beside being changed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.eventbus.declarations import event


@dataclass(frozen=True, slots=True)
class BookLent:
    """A book was lent; `words` are what the reader said."""

    resource_id: UUID
    words: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody is wanted at the desk."""

    words: str


BOOK_LENT = event("shelf.book.lent", payload=BookLent, broadcast="staff", label="A book was lent")
BOOK_DUE = event("shelf.book.due", payload=BookLent, broadcast="portal", label="A book is due")
BOOK_WEIGHED = event("shelf.book.weighed", payload=BookLent, label="A book was weighed")
READER_CALLED = event("shelf.reader.called", payload=Called, broadcast="staff", label="A reader is wanted")
