"""Books: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import demand_targets, validate_references
from apps.kernel.tenancy.scope import Scope
from tests.support.shelf.features import MANAGE
from tests.support.shelf.models import Book

FIELDS = (
    "title", "code", "price", "pages", "is_lent", "published_on", "borrowed_at", "kind", "notes", "tags",
    "currency_id", "genre_id", "shelf_id",
)  # fmt: skip


class Kept(Enum):
    """Stands for an argument that was not given: None is a value of some columns."""

    KEPT = "kept"


KEPT: Any = Kept.KEPT


def _new_book(scope: Scope) -> dict[str, Any]:
    return {"title": "An example", "code": uuid7().hex[-12:]}


def _some_book(scope: Scope) -> dict[str, Any]:
    return {"book_id": create_book(**_new_book(scope)).pk}


def _changed_book(scope: Scope) -> dict[str, Any]:
    return {**_some_book(scope), "title": "Another title", "pages": 12}


@command("shelf.book.create", feature=MANAGE, example=_new_book)
def create_book(
    *,
    title: str,
    code: str,
    price: Decimal | None = None,
    pages: int = 0,
    is_lent: bool = False,
    published_on: date | None = None,
    borrowed_at: datetime | None = None,
    kind: str = "novel",
    notes: str = "",
    tags: Sequence[str] = (),
    currency_id: UUID | None = None,
    genre_id: UUID | None = None,
    shelf_id: UUID | None = None,
) -> Book:
    """Add a book. Raises InvalidInput, Duplicate."""
    book = Book(title=title, code=code, price=price, pages=pages, is_lent=is_lent, kind=kind, notes=notes)
    book.published_on, book.borrowed_at, book.tags = published_on, borrowed_at, list(tags)
    book.currency_id, book.genre_id, book.shelf_id = currency_id, genre_id, shelf_id
    _demand_sound(book)
    book.save(force_insert=True)
    return book


@command("shelf.book.update", feature=MANAGE, example=_changed_book)
def update_book(
    book_id: UUID,
    *,
    title: str = KEPT,
    code: str = KEPT,
    price: Decimal | None = KEPT,
    pages: int = KEPT,
    is_lent: bool = KEPT,
    published_on: date | None = KEPT,
    borrowed_at: datetime | None = KEPT,
    kind: str = KEPT,
    notes: str = KEPT,
    tags: Sequence[str] = KEPT,
    currency_id: UUID | None = KEPT,
    genre_id: UUID | None = KEPT,
    shelf_id: UUID | None = KEPT,
) -> Book:
    """Change what is given. Raises RowNotFound, InvalidInput, Duplicate."""
    given = locals()
    book = _living(book_id)
    changes = {name: given[name] for name in FIELDS if given[name] is not KEPT}
    for name, value in changes.items():
        setattr(book, name, list(value) if name == "tags" else value)
    _demand_sound(book)
    book.save(update_fields=[*changes, "version"])
    return book


@command("shelf.book.delete", feature=MANAGE, example=_some_book)
def delete_book(book_id: UUID) -> Book:
    """Hide a book. Raises RowNotFound, InUse."""
    book = _living(book_id)
    keep_pointers_out(book)
    hide(book)
    return book


def _living(book_id: UUID) -> Book:
    book = load_for_update(Book, book_id)
    if book.is_deleted:
        raise RowNotFound
    return book


def _demand_sound(book: Book) -> None:
    demand_valid(book, FIELDS)
    validate_references([book])
    if book.shelf_id is not None:
        demand_targets([("shelf_id", "shelf.shelf", book.shelf_id)])
