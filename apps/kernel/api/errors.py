"""One handler makes every error of the REST interface a problem document (RFC 9457)."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core import exceptions as core
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response

from apps.kernel.api import refusals
from apps.kernel.api.parsers import LIMIT
from apps.kernel.errors import (
    FieldError,
    InvalidInput,
    NotAuthenticated,
    PlatformError,
    RowNotFound,
    Unavailable,
)
from apps.kernel.extensions.errors import ExtensionFailed
from apps.kernel.tenancy.refusals import problem_body

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
WHOLE = "non_field_errors"
RETRY_AFTER = "2"
TOLD = (Unavailable, ExtensionFailed)  # faults that say what failed; an extension's has been logged with its cause


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to any exception of a view; what is no refusal is logged and hidden."""
    refusal = as_refusal(error)
    if refusal is None or (refusal.status >= 500 and not isinstance(refusal, TOLD)):
        request = context.get("request")
        logger.error("request failed", exc_info=error, extra={"path": getattr(request, "path", "")})
        got_request_exception.send(sender=None, request=getattr(request, "_request", None))
        refusal = refusals.Failed()
    return Response(
        problem_body(refusal),
        status=refusal.status,
        headers=headers_of(refusal),
        content_type=CONTENT_TYPE,
    )


def as_refusal(error: Exception) -> PlatformError | None:
    """The exception in the words of the house; None for a fault of the program."""
    if isinstance(error, PlatformError):
        return error
    for kind, translate in TRANSLATIONS:
        if isinstance(error, kind):
            return translate(error)
    return None


def _invalid(error: Any) -> PlatformError:
    return InvalidInput(errors=tuple(field_errors(error.detail)))


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Every complaint in DRF's nested `detail`, with dotted paths such as `lines.0.amount`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from field_errors(inner, path if name == WHOLE else _join(path, name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from field_errors(inner, _join(path, index) if nested else path)
    else:
        yield FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _core_invalid(error: Any) -> PlatformError:
    complaints: dict[str, list[str]] = (
        error.message_dict if hasattr(error, "error_dict") else {core.NON_FIELD_ERRORS: error.messages}
    )
    found = [
        FieldError("" if name == core.NON_FIELD_ERRORS else name, "invalid", str(text))
        for name, texts in complaints.items()
        for text in texts
    ]
    return InvalidInput(errors=tuple(found))


def _malformed(error: Any) -> PlatformError:
    return refusals.Malformed(reason=_("it is not valid"))


TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], PlatformError]], ...] = (
    (drf.ValidationError, _invalid),
    (drf.ParseError, _malformed),
    (drf.NotAuthenticated, lambda error: NotAuthenticated()),
    (drf.AuthenticationFailed, lambda error: NotAuthenticated()),
    (drf.PermissionDenied, lambda error: refusals.Forbidden()),
    (drf.NotFound, lambda error: RowNotFound()),
    (drf.MethodNotAllowed, lambda error: refusals.MethodRefused()),
    (drf.UnsupportedMediaType, lambda error: refusals.MediaTypeRefused()),
    (drf.NotAcceptable, lambda error: refusals.NotAcceptable()),
    (drf.Throttled, lambda error: refusals.RateLimited(retry_after=math.ceil(error.wait or 1))),
    (Http404, lambda error: RowNotFound()),
    (core.PermissionDenied, lambda error: refusals.Forbidden()),
    (core.ValidationError, _core_invalid),
    (core.RequestDataTooBig, lambda error: refusals.TooLarge(limit=LIMIT)),
    (core.BadRequest, _malformed),
    (core.SuspiciousOperation, _malformed),
    (OperationalError, lambda error: Unavailable()),
    (InterfaceError, lambda error: Unavailable()),
)


def headers_of(refusal: PlatformError) -> dict[str, str]:
    """Headers that belong to a refusal: how to authenticate, or in how many seconds to come again."""
    if refusal.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if refusal.status == 503:
        return {"Retry-After": str(refusal.context.get("retry_after", RETRY_AFTER))}
    if isinstance(refusal, refusals.RateLimited):
        return {"Retry-After": str(refusal.context["retry_after"])}
    return {}
