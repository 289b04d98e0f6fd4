"""REST callers: the scoping middleware has found out who calls, this only hands it on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from apps.kernel.api.refusals import CsrfFailed
from apps.kernel.tenancy.scope import Actor, Scope, scope_or_none

# No page of another site can set these headers without being asked first (CORS), so they prove intent.
OWN_CREDENTIALS = ("Authorization", "X-Api-Key")


class ScopeAuthentication(BaseAuthentication):
    """The actor of the scope that `ScopeMiddleware` opened; a session cookie needs a CSRF token as well."""

    def authenticate(self, request: Request) -> tuple[Actor, Scope] | None:
        """Actor and scope of the caller; None for nobody. Raises CsrfFailed."""
        scope = scope_or_none()
        if scope is None:
            return None
        if not any(name in request.headers for name in OWN_CREDENTIALS):
            demand_csrf(request._request)
        return scope.actor, scope

    def authenticate_header(self, request: Request) -> str:
        """What a refusal names in `WWW-Authenticate`."""
        return "Bearer"


def demand_csrf(request: HttpRequest) -> None:
    """Check the CSRF token of an unsafe request. Raises CsrfFailed."""
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    if check.process_view(request, HttpResponse, (), {}):
        raise CsrfFailed
