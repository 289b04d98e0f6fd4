"""Every request has an id, a line in the log, and its part in the figures."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.decorators import sync_only_middleware

from apps.kernel.tenancy.scope import Scope
from apps.kernel.web.metrics.instruments import Answered, count_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("agora.access")

HEADER = "X-Request-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "OTHER"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
STATIC, UNKNOWN = "static", "unknown"


class RequestFilter(logging.Filter):
    """For handlers: records of a request carry its id, and none shows the request itself, with its query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        vars(record).pop("request", None)
        if (request_id := structlog.contextvars.get_contextvars().get("request_id")) is not None:
            vars(record).setdefault("request_id", request_id)
        return True


class _Queries:
    """Counts the statements of one request."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.number += 1
        return execute(*args)


@sync_only_middleware
def RequestMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Stands outside everything that may refuse, so that refusals are counted and logged as well."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        since, queries, request_id = time.perf_counter(), _Queries(), name_request(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id), connection.execute_wrapper(queries):
            response = get_response(request)
            response.headers[HEADER] = request_id
            seconds = time.perf_counter() - since
            answered = Answered(method_of(request), route_of(request, response), response.status_code, seconds)
            count_request(answered, queries=queries.number)
            log_request(request, answered)
        return response

    return middleware


def name_request(request: HttpRequest) -> str:
    """The caller's id if it is a sane one, else a new one; an id that is a UUID is the correlation id as well.

    A caller that names a correlation of its own keeps it: many requests may belong to one.
    """
    given = request.META.get("HTTP_X_REQUEST_ID", "")  # not by `headers`, which are read once and then kept
    request_id = given if SANE.fullmatch(given) else str(uuid4())
    if _is_uuid(request_id):
        request.META.setdefault("HTTP_X_CORRELATION_ID", request_id)
    return request_id


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def method_of(request: HttpRequest) -> str:
    """The method, or OTHER for one that nobody declared: callers invent them."""
    return request.method if request.method in METHODS else OTHER


def route_of(request: HttpRequest, response: HttpResponseBase) -> str:
    """The pattern of the address, never the address: ids and secrets stand in those.

    What is refused before it reaches a view is looked up here; an address that is none is `unknown`.
    """
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    if request.path_info.startswith(settings.STATIC_URL):
        return STATIC
    if response.status_code == 404:
        return UNKNOWN
    try:
        return f"/{resolve(request.path_info, getattr(request, 'urlconf', None)).route}"
    except Resolver404:
        return UNKNOWN


def log_request(request: HttpRequest, answered: Answered) -> None:
    """Write the line of one request: no address, no query, no body, nobody's name. Static files have none."""
    if answered.route == STATIC:
        return
    level = logging.WARNING if answered.status >= 500 else logging.INFO
    if logger.isEnabledFor(level):
        logger.log(
            level, "request", extra={**answered.facts(), **_actor_facts(getattr(request, "tenancy_scope", None))}
        )


def _actor_facts(scope: Scope | None) -> dict[str, Any]:
    if scope is None:
        return {}
    return {
        "actor_kind": scope.actor.kind.value,
        "actor_id": scope.actor.id,
        "tenant_id": scope.tenant_id,
        "correlation_id": scope.correlation_id,
    }
