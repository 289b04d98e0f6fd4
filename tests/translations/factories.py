"""Translations and their readers for tests."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.directory.callers import client_of, member, send
from tests.support.scopes import House

FEATURES = ("translations.*", "shelf.*", "dictionaries.*", "currencies.*", "directory.*", "audit_logs.*")
LOCALES = "/api/translations/locales/"
BOOKS = "/api/shelf/books/"


def translator(house: House, *features: str, **headers: str) -> Client:
    """Somebody who translates, in the whole house."""
    return client_of(member(house, *(features or FEATURES), name="Alice"), organization=house.root, **headers)


def address(entity: str, record: Any) -> str:
    """Where the texts of a record are."""
    return f"/api/translations/{entity}/{record.pk}/"


def translate(client: Client, record: Any, **texts: dict[str, str]) -> Any:
    """Set texts of a record by language (`pt_BR` for `pt-BR`)."""
    body = {"translations": {tag.replace("_", "-"): values for tag, values in texts.items()}}
    answer = send(client, "put", address(record.entity_id, record), body)
    assert answer.status_code == 200, answer.content
    return answer


def choose(client: Client, *locales: str) -> None:
    """Let the tenant translate into these languages."""
    assert send(client, "put", LOCALES, {"locales": list(locales)}).status_code == 200
