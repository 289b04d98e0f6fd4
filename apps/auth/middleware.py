"""`request.user` from what the scope middleware resolved: no further query, and right in every tenant."""

from __future__ import annotations

import zoneinfo

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from apps.auth.callers import caller_of
from apps.auth.models import User
from apps.kernel.commands.invocation import Source
from apps.kernel.tenancy.middleware import source_of


class StaffAuthenticationMiddleware(AuthenticationMiddleware):
    """Stands after the scope middleware, in the place of Django's own.

    Django would look the user up in the scope's tenant, where a visiting platform admin has no row. Behind a
    program with a key stands no user. Pages show and take times in the user's zone; the REST interface speaks UTC.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Set `request.user` and `request.auser`, and for pages the time zone."""
        caller = caller_of(request)
        user: User | AnonymousUser = caller.user if caller and caller.user else AnonymousUser()

        async def auser() -> User | AnonymousUser:
            return user

        request.user = user
        request.auser = auser
        if isinstance(user, User) and source_of(request) is not Source.API:
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave the next request of the thread without the zone."""
        timezone.deactivate()
        return response
