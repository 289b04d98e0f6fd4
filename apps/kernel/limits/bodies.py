"""The e-mail address in a body, read before the view and left there for it."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from apps.kernel.api.parsers import read_json
from apps.kernel.api.refusals import Malformed, TooLarge
from apps.kernel.limits.declarations import RequestLimits

# What views, too, cannot read: broken JSON and forms, sizes that are no number, callers that hung up.
UNREADABLE: Final = (Malformed, BadRequest, SuspiciousOperation, MultiPartParserError, ValueError, UnreadablePostError)
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def email_in(request: HttpRequest, declared: RequestLimits) -> str | None:
    """The address as the caller wrote it; None when the body names nobody, or cannot be read by the view either.

    Raises TooLarge for a body above the declared size.
    """
    if not declared.asks_for_email:
        return None
    try:
        _demand_small(request, limit=declared.largest_body)
        found = _fields(request).get(declared.email_field)
    except UNREADABLE:
        return None
    return found if isinstance(found, str) and found.strip() else None


def _demand_small(request: HttpRequest, *, limit: int) -> None:
    """Look at the announced size first, and then at the body: not every server asks for an announcement."""
    try:
        if _announced(request) <= limit >= len(request.body):
            return
    except RequestDataTooBig:
        pass
    raise TooLarge(limit=limit)


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _fields(request: HttpRequest) -> Any:
    """The fields of a form, else of a JSON object; read by the same readers as the views use."""
    if request.content_type in FORMS:
        return request.POST
    value = read_json(request.body)
    return value if isinstance(value, dict) else {}
