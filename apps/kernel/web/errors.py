"""Error pages outside any frame: `handler400`, `handler403`, `handler404`, `handler500`, CSRF failures, refusals."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.api.errors import headers_of
from apps.kernel.errors import PlatformError, RowNotFound, Unavailable
from apps.kernel.tenancy.refusals import problem_body


class BadRequest(PlatformError):
    """The request cannot be understood."""

    code = "kernel.bad_request"
    message = gettext_lazy("The request cannot be understood.")


class AccessDenied(PlatformError):
    """The page is not open to the caller."""

    status = 403
    code = "kernel.forbidden"
    message = gettext_lazy("You may not do this.")


class FormExpired(PlatformError):
    """The form's secret does not fit the browser's cookie."""

    status = 403
    code = "kernel.form_expired"
    message = gettext_lazy("This form is out of date. Go back, load the page again and send it once more.")


class Broken(PlatformError):
    """A fault of the program; what it was stands in the log."""

    status = 500
    code = "kernel.broken"
    message = gettext_lazy("Something broke on our side. It has been noted.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of status 400."""
    return refusal(request, BadRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of status 403."""
    return refusal(request, AccessDenied())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of status 404; a missing page and a missing record look alike."""
    return refusal(request, RowNotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of status 500; of 503 where the database is away, which nobody here can mend."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return unavailable(request) if is_away else refusal(request, Broken())


def unavailable(request: HttpRequest) -> HttpResponse:
    """The page of status 503."""
    return refusal(request, Unavailable())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form without a valid CSRF token."""
    return refusal(request, FormExpired())


def refusal(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """A problem document under /api/, a page elsewhere. The page asks neither the database nor the session."""
    if request.path_info.startswith("/api/"):
        kind = "application/problem+json"
        return JsonResponse(problem_body(error), status=error.status, content_type=kind, headers=headers_of(error))
    title = _("Nothing was done") if isinstance(error, FormExpired) else title_of(error.status)
    page = render_to_string("web/refusal.html", {"error": error, "title": title})
    return HttpResponse(page, status=error.status, headers=headers_of(error))


def title_of(status: int) -> str:
    """What a status is called for people."""
    titles = {
        400: _("This cannot be understood"),
        401: _("Log in first"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        409: _("This is not possible now"),
        412: _("Somebody else was faster"),
        422: _("Something has to be chosen first"),
        429: _("Too many tries"),
        503: _("Not available at the moment"),
    }
    return titles.get(status, _("This did not work"))
