"""Headers of every answer: what a browser may load, run and keep of it. docs/how-to/monitor.md has the reasons."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLICY = "Content-Security-Policy"
KEEPING = "Cache-Control"
KEPT = ("public", "private, max-age=")  # what a view has to say for an answer to be kept
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

NOTHING = {"default-src": "'none'", "frame-ancestors": "'none'"}
PAGE = {
    **NOTHING,
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "img-src": "'self' data:",
    "manifest-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
}

# The one style element of the theme's pages, and the one that its htmx 2.0.4 adds to them.
COLOURS = b'<style id="unfold-theme-colors">', b"</style>"
START_OF_PAGE = 20_000  # bytes among which that element stands, before anything of a tenant's
INDICATORS = (
    b"      .htmx-indicator{opacity:0}"
    b"      .htmx-request .htmx-indicator{opacity:1; transition: opacity 200ms ease-in;}"
    b"      .htmx-request.htmx-indicator{opacity:1; transition: opacity 200ms ease-in;}      "
)


def policy(directives: Mapping[str, str]) -> str:
    """Directives as the value of a Content-Security-Policy; a view that needs other ones sets its own header."""
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


@sync_only_middleware
def HeadersMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Stands first, so that the answers of all others have the headers too. What a view has set itself stays."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if not _is_static(request, response):
            _close(request, response)
        return response

    return middleware


def _is_static(request: HttpRequest, response: HttpResponseBase) -> bool:
    return request.path_info.startswith(settings.STATIC_URL) and response.status_code in {200, 206, 304}


def _close(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say what the answer may load, and let nobody keep it unless the view says who may."""
    if POLICY not in response.headers:
        response.headers[POLICY] = _policy_of(request, response)
    if not any(word in response.headers.get(KEEPING, "") for word in KEPT):
        response.headers[KEEPING] = "no-store"


def _policy_of(request: HttpRequest, response: HttpResponseBase) -> str:
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return policy(NOTHING)
    if not request.path_info.startswith("/backend/"):
        return policy(PAGE)
    styles = " ".join(["'self'", source_of(INDICATORS), *_colours_of(response)])
    return policy({**PAGE, "style-src": styles})


def _colours_of(response: HttpResponseBase) -> list[str]:
    """The source that stands for the theme's colours; none on a page without them."""
    if not isinstance(response, HttpResponse):
        return []
    _, opening, rest = response.content[:START_OF_PAGE].partition(COLOURS[0])
    text, closing, _ = rest.partition(COLOURS[1])
    return [source_of(text)] if opening and closing else []


@lru_cache(maxsize=16)
def source_of(text: bytes) -> str:
    """An inline style or script as a source of a policy: its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
