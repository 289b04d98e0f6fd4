"""Refusals that a page raises become answers: pages for people, problem documents for programs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from apps.kernel.errors import PlatformError
from apps.kernel.web.errors import refusal


class RefusalMiddleware:
    """Stands inside the scope middleware. Faults of the program (500) go on to Django, which logs them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer an expected refusal with its status."""
        if isinstance(exception, PlatformError) and exception.status != 500:
            return refusal(request, exception)
        return None
