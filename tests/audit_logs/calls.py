"""Callers of the history's REST interface, and records for them to change."""

from __future__ import annotations

from typing import Any

from django.test import Client

from apps.auth.models import User
from apps.directory.models import Organization
from tests.auth.factories import make_role, make_user
from tests.directory.callers import client_of, send
from tests.support.scopes import House

ACTIONS = "/api/audit_logs/actions/"
READS = "/api/audit_logs/reads/"
BOOKS = "/api/shelf/books/"
SHELVES = "/api/shelf/shelves/"
USERS = "/api/auth/users/"
CLERK = ("shelf.*", "audit_logs.view_self", "audit_logs.undo_self")
AUDITOR = ("audit_logs.view_tenant",)


def staff(house: House, *features: str, name: str = "Bob", only: tuple[Organization, ...] | None = None) -> User:
    """A user with exactly the features, in all organizations or only in some; at home in the first of them."""
    listed = None if only is None else [item.pk for item in only]
    home = (only or (house.root,))[0]
    role = make_role(house, *features, organization_ids=listed)
    return make_user(house, name=name, roles=(role,), home_organization_id=home.pk)


def caller(house: House, *features: str, name: str = "Bob", only: tuple[Organization, ...] | None = None) -> Client:
    """The browser of such a user."""
    return client_of(staff(house, *features, name=name, only=only))


def add_book(client: Client, code: str = "B1", **values: Any) -> Any:
    """Create a book; the answer."""
    answer = send(client, "post", BOOKS, {"title": "Dune", "code": code, **values})
    assert answer.status_code == 201, answer.content
    return answer


def change(client: Client, book_id: str, **values: Any) -> str:
    """Change a book, and name the action that it was."""
    answer = send(client, "patch", f"{BOOKS}{book_id}/", values)
    assert answer.status_code == 200, answer.content
    return str(answer["X-Action-Id"])


def title_of(client: Client, book_id: str) -> str:
    """The book's title now."""
    return str(client.get(f"{BOOKS}{book_id}/").json()["title"])


def history(book_id: object, kind: str = "shelf.book") -> str:
    """Address of a record's history."""
    return f"/api/audit_logs/records/{kind}/{book_id}/history/"


def shown(answer: Any) -> list[dict[str, Any]]:
    """Records on the page."""
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def commands(answer: Any) -> list[str]:
    """Commands on the page."""
    return [row["command"] for row in shown(answer)]


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]
