"""The ways to sign in, as OpenAPI names them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

NAMES = ("token", "key", "session")
NOBODY: list[dict[str, list[Any]]] = [{}]
ANY_WAY: list[dict[str, list[Any]]] = [{name: []} for name in NAMES]


def definitions() -> dict[str, dict[str, Any]]:
    """What each of the ways is."""
    return {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Of a browser; a write also needs the CSRF token, in the header `X-CSRFToken`.",
        },
    }
