"""Back office pages of saved views: names, places, roles. What a view shows is changed in its list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.backoffice.features import USE
from apps.backoffice.models import Owner, SavedView
from apps.backoffice.navigation import page_of, view_address
from apps.backoffice.selectors import listed_views, may_change, may_default
from apps.backoffice.services import clear_default_view, delete_view, set_default_view, share_view, update_view
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

ROLE = "auth.role"
MOST_ROLES = 200


def role_choices() -> list[tuple[str, str]]:
    """Roles that a view may be given to."""
    kind = ENTITIES.get(ROLE)
    return [(str(role), name) for role, name in kind.find("", limit=MOST_ROLES)] if kind is not None else []


class SharingForm(forms.Form):
    """Which roles get the view."""

    role_ids = forms.TypedMultipleChoiceField(
        label=_("Roles"),
        coerce=UUID,
        choices=role_choices,
        widget=forms.CheckboxSelectMultiple,
    )


@register(SavedView)
class SavedViewPage(CommandAdmin):
    """Views of the reader, and those of roles for whoever gives views to them."""

    update_command = update_view
    delete_command = delete_view
    view_feature = USE
    icon = "view_list"
    order = 50
    empty_hint = _("Arrange a list as you need it and save it there: its columns, its order and its filters are kept.")
    list_display = ("name", "of_list", "whose", "is_default", "is_pinned", "is_linked", "opened", "updated_at")
    list_filter = ("owner_kind", "is_default", "is_pinned")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "is_pinned", "is_linked")
    buttons = (
        RecordCommand(
            "set-default",
            set_default_view,
            _("Open the list with it"),
            icon="home",
            shown=lambda view: not view.is_default and _decides(view),
            done=_("The list opens with this view from now on."),
        ),
        RecordCommand(
            "clear-default",
            clear_default_view,
            _("Open the list without it"),
            icon="home",
            shown=lambda view: view.is_default and _decides(view),
            done=_("The list opens without this view from now on."),
        ),
        RecordCommand(
            "share",
            share_view,
            _("Give it to roles"),
            icon="group",
            form=SharingForm,
            confirm=_("Each role gets the view as it is now, as its own. A view of this name that it has is replaced."),
            done=_("The roles have the view."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Without views of others that somebody only has the link of."""
        found: models.QuerySet[Any] = super().get_queryset(request)
        return found.filter(pk__in=listed_views().values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own views, and those of roles for whoever gives views to them."""
        return super().has_change_permission(request, obj) and (obj is None or _changes(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same, and a default of a role for whoever chooses those."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or (_changes(obj) and (not obj.is_default or _decides(obj))))

    @admin.display(description=_("list"), ordering="list")
    def of_list(self, view: SavedView) -> str:
        """The list in words."""
        kind = ENTITIES.get(view.list)
        return str(kind.label_plural) if kind is not None else view.list

    @admin.display(description=_("whose"))
    def whose(self, view: SavedView) -> str:
        """The role, or the reader."""
        if view.owner_kind == Owner.USER:
            return _now("mine") if view.owner_id == current_scope().actor.id else _now("another user's")
        return str(getattr(view, "owner_name", ""))

    @admin.display(description=_("open it"))
    def opened(self, view: SavedView) -> str:
        """A link to the list."""
        page = page_of(self.admin_site, view.list)
        if page is None:
            return ""
        return format_html('<a class="ag-link" href="{}">{}</a>', view_address(page, view), _now("Open"))

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look the names of roles up at once."""
        labels, of_roles = labels_of(request), [row for row in rows if row.owner_kind == Owner.ROLE]
        labels.fetch((ROLE, row.owner_id) for row in of_roles)
        for row in of_roles:
            row.owner_name = labels.text(ROLE, row.owner_id)


def _changes(view: SavedView) -> bool:
    return may_change(current_scope().actor, view.owner_kind, view.owner_id)


def _decides(view: SavedView) -> bool:
    return _changes(view) and may_default(current_scope().actor, view.owner_kind)
