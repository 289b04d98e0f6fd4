"""Answers of the scoping middleware itself, before any view runs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from apps.kernel.errors import PlatformError


def problem_body(error: PlatformError) -> dict[str, object]:
    """The error as RFC 9457 members; the context's plain values stand beside them."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": type(error).__name__,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "errors": [{"field": item.field, "code": item.code, "message": str(item.message)} for item in error.errors],
    }
    plain = {key: value for key, value in error.context.items() if isinstance(value, str | int | list | dict)}
    return {**plain, **body}


def refusal_response(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """A problem document for programs, a page for people."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(problem_body(error), status=error.status, content_type="application/problem+json")
    page = render_to_string("web/refusal.html", {"error": error}, request=None)
    return HttpResponse(page, status=error.status)
