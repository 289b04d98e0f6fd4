"""Counts before anything else does any work: no session, no actor, no query comes before a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware
from rest_framework.request import Request

from apps.kernel.api.errors import headers_of
from apps.kernel.api.refusals import TooLarge
from apps.kernel.errors import PlatformError
from apps.kernel.limits.addresses import counted_address
from apps.kernel.limits.bodies import email_in
from apps.kernel.limits.counting import consume, forget
from apps.kernel.limits.declarations import RequestLimits, declaration_of
from apps.kernel.limits.demands import Hit
from apps.kernel.limits.ready import API_ADDRESS
from apps.kernel.web.errors import refusal

GetResponse = Callable[[HttpRequest], HttpResponseBase]

UNCOUNTED_METHODS: Final = frozenset({"HEAD", "OPTIONS"})
STREAM: Final = "/api/events/stream"  # one request that lasts, and browsers come back by themselves
SUSPICION: Final = "limits_suspicion"


@sync_only_middleware
def LimitMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Stands before the scope middleware. Refuses with 429 what is too often, with 503 what nobody can count."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            if request.method not in UNCOUNTED_METHODS:
                count(request)
        except PlatformError as error:
            return _refused(request, error)
        return get_response(request)

    return middleware


def count(request: HttpRequest) -> None:
    """Count a request by what the API and its view say, all at once. Raises RateLimited, Unavailable, TooLarge."""
    hits: list[Hit] = [(API_ADDRESS, (counted_address(request),))] if _is_of_api(request) else []
    declared = declaration_of(request)
    if declared is None:
        consume(hits)
    else:
        _count_declared(request, declared, hits)


def forgive(request: HttpRequest | Request) -> None:
    """Have address and e-mail of this request start afresh together, after a log-in that succeeded.

    Address and e-mail alone go on counting.
    """
    suspicion: Hit | None = getattr(request, SUSPICION, None)
    if suspicion is not None:
        forget(*suspicion)


def _count_declared(request: HttpRequest, declared: RequestLimits, hits: list[Hit]) -> None:
    address = counted_address(request)
    try:
        email = email_in(request, declared)
    except TooLarge:
        consume([*hits, *declared.hits(address, None)])
        raise
    found = declared.hits(address, email)
    consume([*hits, *found])
    setattr(request, SUSPICION, next((hit for hit in found if hit[0] == declared.by_both), None))


def _refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """A problem document for programs, a page for people, and when to come again."""
    response = refusal(request, error)
    for name, value in headers_of(error).items():
        response[name] = value
    return response


def _is_of_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/") and request.path_info.rstrip("/") != STREAM
