"""The ways to sign in, as OpenAPI names them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from apps.kernel.api.permissions import guard_of

NAMES = ["token", "key", "session"]


class ScopeAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token, an API key, or the session's cookie."""

    target_class = "apps.kernel.api.authentication.ScopeAuthentication"
    name = NAMES

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """One of the three; none for public operations."""
        if guard_of(auto_schema.view, "public", auto_schema.action):
            return [{}]
        return [{name: []} for name in NAMES]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """What each of them is."""
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]
