"""Back office pages of sessions: who is signed in on which device."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.auth.features import MANAGE_SESSIONS
from apps.auth.models import Session, User
from apps.auth.services.devices import end_session
from apps.kernel import clock
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

QUESTION = _("The device is signed out at its next request.")
COLUMNS = ("who", "on_device", "from_address", "created_at", "last_used", "expires")


@register(Session)
class SessionPage(CommandAdmin):
    """Living sessions of the tenant; they can be ended, nothing else."""

    view_feature = MANAGE_SESSIONS
    manage_feature = MANAGE_SESSIONS
    icon = "devices"
    order = 30
    empty_hint = _("Nobody is signed in.")
    list_display = COLUMNS
    fields = COLUMNS
    readonly_fields = COLUMNS
    ordering = ("-last_used_at",)
    buttons = (RecordCommand("end", end_session, _("End"), icon="logout", confirm=QUESTION, in_row=True, in_bulk=True),)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Session]:
        """Sessions that have not ended."""
        return super().get_queryset(request).filter(expires_at__gt=clock.now())

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Fetch the users of a whole page at once."""
        names = dict(User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "name"))
        for row in rows:
            row.user_name = names.get(row.user_id, "")

    @admin.display(description=_("user"))
    def who(self, session: Session) -> str:
        """The user's name."""
        if not hasattr(session, "user_name"):
            self.prepare_rows(self._nobody(), [session])
        return str(getattr(session, "user_name", "")) or "—"

    @admin.display(description=_("device"), ordering="device")
    def on_device(self, session: Session) -> str:
        """What the browser calls itself."""
        return session.device

    @admin.display(description=_("address"), ordering="address")
    def from_address(self, session: Session) -> str:
        """Where the device is in the net."""
        return str(session.address or "")

    @admin.display(description=_("last used"), ordering="last_used_at")
    def last_used(self, session: Session) -> datetime:
        """When a request came last, to the minute."""
        return session.last_used_at

    @admin.display(description=_("expires at"), ordering="expires_at")
    def expires(self, session: Session) -> datetime:
        """When it ends unless it is used."""
        return session.expires_at

    def _nobody(self) -> HttpRequest:
        return HttpRequest()
