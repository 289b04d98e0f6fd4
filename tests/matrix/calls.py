"""Calls of the matrix, and what their answers are compared by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from tests.directory.callers import send
from tests.matrix.routes import SAFE, Route
from tests.support.rolling import rolled_back

# Headers that differ from answer to answer.
VOLATILE = frozenset({"x-request-id", "x-correlation-id", "date", "server-timing"})


@dataclass(frozen=True)
class Answer:
    """What came back; `statements` is how many queries it took."""

    status: int
    code: str
    body: bytes
    headers: dict[str, str]
    statements: int
    json: Any

    def without(self, *ids: UUID | str) -> tuple[int, bytes, dict[str, str]]:
        """What may be compared with an answer about another id."""
        body = self.body
        for item in ids:
            body = body.replace(str(item).encode(), b"<id>")
        return self.status, body, self.headers


def call(client: Client, route: Route, address: str, body: object = None) -> Answer:
    """Call and take the effects back."""
    given = None if route.method in SAFE else (body or {})
    with rolled_back(client), counting() as sent:
        found = send(client, route.method, address, given)
        return answer_of(found, sent)


def get(client: Client, address: str, query: dict[str, str] | None = None) -> Answer:
    """Read with query parameters."""
    with rolled_back(client), counting() as sent:
        return answer_of(client.get(address, query or {}), sent)


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the statements of the block; the one that says every minute that a session lives is none of its own."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "last_used_at" not in sql.partition("WHERE")[0] or not sql.startswith("UPDATE"):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def answer_of(found: Any, sent: Sequence[str] = ()) -> Answer:
    """The answer, read to its end."""
    content = b"".join(found.streaming_content) if found.streaming else found.content
    parsed = found.json() if not found.streaming and "json" in found.get("Content-Type", "") and content else {}
    headers = {name.lower(): value for name, value in found.headers.items() if name.lower() not in VOLATILE}
    code = parsed.get("code", "") if isinstance(parsed, dict) else ""
    return Answer(found.status_code, str(code), content, headers, len(sent), parsed)
