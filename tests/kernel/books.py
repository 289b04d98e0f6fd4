"""Books for tests of lists, and staff who read them."""

from __future__ import annotations

from typing import Any

from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book

BOOKS = "/api/shelf/books/"


def make_books(house: House, *values: dict[str, Any], organization: Any = None) -> list[Book]:
    """Books with these values, in the order given; what is left out is plain."""
    place = organization or house.root
    books = [
        Book(**{"title": f"Book {number}", "code": f"B{number}", "organization_id": place.pk, **item})
        for number, item in enumerate(values)
    ]
    with seeding(house.scope()):
        return list(Book.objects.bulk_create(books))


def librarian(house: House, *features: str, **options: Any) -> Any:
    """Somebody who may do everything with books of the whole house."""
    return client_of(member(house, "shelf.*", *features, **options), organization=house.root)


def titles(answer: Any) -> list[str]:
    """Titles of the books on the page."""
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]
