"""Back office pages of dashboards as records: the list, the form, deletion and history."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards.admin.addresses import ARRANGE, BOARD, SHARING, address_of
from apps.dashboards.features import MANAGE, SHARE, VIEW
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import (
    chosen_dashboard,
    may_edit,
    role_names,
    roles_starting_with,
    visible_dashboards,
)
from apps.dashboards.services import create_dashboard, delete_dashboard, update_dashboard
from apps.kernel.admin.access import allows
from apps.kernel.admin.buttons import way
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

USER, KEY = "auth.user", "auth.api_key"


@register(Dashboard)
class DashboardPage(CommandAdmin):
    """Dashboards of the actor, and those that are shared with them."""

    create_command = create_dashboard
    update_command = update_dashboard
    delete_command = delete_dashboard
    view_feature = VIEW
    manage_feature = MANAGE
    icon = "dashboard"
    order = 10
    empty_hint = gettext_lazy("A dashboard shows numbers, charts and lists at a glance, arranged as you like.")
    list_display = ("name", "description", "owner", "shared_with", "start_page", "opened")
    search_fields = ("name", "description")
    ordering = ("name",)
    fields = ("name", "description", "period")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Dashboard]:
        """What the actor sees."""
        return super().get_queryset(request) & visible_dashboards()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of others are read only."""
        return super().has_change_permission(request, obj) and (obj is None or may_edit(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of others stay."""
        return super().has_delete_permission(request, obj) and (obj is None or may_edit(obj))

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up whose start pages they are, and the names of roles."""
        starts, chosen = roles_starting_with([row.pk for row in rows]), chosen_dashboard()
        names = role_names() if starts or any(row.shared_roles for row in rows) else {}
        labels = labels_of(request)
        labels.fetch((kind, row.owner_id) for kind in (USER, KEY) for row in rows)
        for row in rows:
            kind = USER if row.owner_id and labels.known(USER, row.owner_id) else KEY
            row.owner_link = labels.link(kind, row.owner_id)
            row.role_words = ", ".join(names[item] for item in row.shared_roles if item in names)
            own = [_("mine")] if row.pk == chosen else []
            row.start_words = ", ".join([*own, *(names[item] for item in starts.get(row.pk, ()) if item in names)])

    @admin.display(description=gettext_lazy("Dashboard"))
    def opened(self, row: Any) -> SafeString:
        """The way to what it shows."""
        words = _("Open %(name)s") % {"name": row.name}
        return format_html('<a class="text-link" href="{}">{}</a>', address_of(BOARD, row.pk), words)

    @admin.display(description=gettext_lazy("Owner"))
    def owner(self, row: Any) -> str:
        """Whose it is."""
        return row.owner_link or _("the house")

    @admin.display(description=gettext_lazy("Shared with"))
    def shared_with(self, row: Any) -> str:
        """Everybody, roles, or nobody."""
        return _("everybody") if row.is_shared else row.role_words or "—"

    @admin.display(description=gettext_lazy("Start page of"))
    def start_page(self, row: Any) -> str:
        """Whose start page it is."""
        return row.start_words or "—"

    def offered_buttons(self, record: Any) -> list[dict[str, Any]]:
        """The ways to what it shows, to its arrangement and to who sees it."""
        found = [way(_("Open"), "open_in_full", address_of(BOARD, record.pk))]
        if may_edit(record):
            found.append(way(_("Arrange"), "edit", address_of(ARRANGE, record.pk)))
            if allows(SHARE):
                found.append(way(_("Share"), "share", address_of(SHARING, record.pk)))
        return [*found, *super().offered_buttons(record)]

    def response_post_save_add(self, request: HttpRequest, obj: Dashboard) -> Any:
        """A new dashboard wants widgets next."""
        return HttpResponseRedirect(address_of(ARRANGE, obj.pk))
