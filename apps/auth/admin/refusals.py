"""Refusals of the grant boundary, shown in the form that asked for too much."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.auth.errors import GrantBeyondOwn, SuperAdminProtected, UserOutOfReach
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.errors import InvalidInput


class NotYours(InvalidInput):
    """The boundary's words, as a complaint about the form."""

    code = "auth.grant.refused"
    message = "{words}"


class BoundaryPage(CommandAdmin):
    """A page whose form keeps what was typed when the boundary refuses it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Run the command; a refusal by the boundary becomes an error of the form."""
        try:
            super().save_related(request, form, formsets, change)
        except (GrantBeyondOwn, SuperAdminProtected, UserOutOfReach) as error:
            raise NotYours(errors=error.errors, words=error.detail) from error
