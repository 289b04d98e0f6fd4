"""Back office pages of tenants and organizations."""

from __future__ import annotations

import zoneinfo
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from apps.directory.features import ORGANIZATIONS_MANAGE, ORGANIZATIONS_VIEW, TENANTS_MANAGE, TENANTS_VIEW
from apps.directory.models import Organization, Tenant
from apps.directory.selectors import is_platform, sees_whole_tenant, visible_organizations, visible_tenants
from apps.directory.services import (
    activate_organization,
    create_organization,
    create_tenant,
    deactivate_organization,
    delete_organization,
    move_organization,
    reactivate_tenant,
    suspend_tenant,
    update_organization,
    update_tenant,
)
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import scope_or_none

INDENT = "— "
TOP = "top"


def parent_choices() -> list[tuple[str, str]]:
    """Where an organization may stand: the top for who sees the whole tenant, and every visible organization."""
    allowed = frozenset(visible_organizations().values_list("pk", flat=True))
    nodes = service(OrganizationTree).choices(allowed)
    top = [(TOP, str(_("At the top")))] if sees_whole_tenant() else []
    return [("", "—"), *top, *((str(key), f"{INDENT * depth}{name}") for key, name, depth in nodes)]


def chosen_parent(value: str) -> UUID | None:
    """Id of the chosen parent, None for the top."""
    return None if value == TOP else UUID(value)


def parent_field() -> forms.TypedChoiceField:
    """A place in the tree, which must be chosen: nothing lands at the top by an oversight."""
    return forms.TypedChoiceField(
        label=_("Parent"), choices=parent_choices, coerce=chosen_parent, widget=UnfoldAdminSelectWidget
    )


class MoveFields(forms.Form):
    """Where an organization goes."""

    parent_id = parent_field()


class NewOrganizationForm(CommandForm):
    """A new organization and its place."""

    parent_id = parent_field()


@register(Organization)
class OrganizationPage(CommandAdmin):
    """The tree of organizations, as far as the actor may work in it."""

    create_command = create_organization
    update_command = update_organization
    delete_command = delete_organization
    view_feature = ORGANIZATIONS_VIEW
    manage_feature = ORGANIZATIONS_MANAGE
    icon = "account_tree"
    order = 10
    list_display = ("indented_name", "slug", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "slug")
    ordering = ("path",)
    optional_fields = ("slug",)
    readonly_fields = ("place", "is_active")
    buttons = (
        RecordCommand("move", move_organization, _("Move"), icon="drive_file_move", form=MoveFields, in_row=True),
        RecordCommand(
            "activate",
            activate_organization,
            _("Switch on"),
            icon="toggle_on",
            shown=lambda organization: not organization.is_active,
        ),
        RecordCommand(
            "deactivate",
            deactivate_organization,
            _("Switch off"),
            icon="toggle_off",
            confirm=_("It stays readable, but is offered no longer, and nothing new comes below it."),
            shown=lambda organization: organization.is_active,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The actor's part of the tree."""
        return visible_organizations()

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> tuple[str, ...]:
        """The place is chosen once; later the button moves it."""
        if obj is None:
            return ("name", "parent_id", "slug", "logo_url")
        return ("name", "slug", "logo_url", "place", "is_active")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A new organization needs a place."""
        if not change:
            kwargs["form"] = NewOrganizationForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new organization is expected below the selected one."""
        scope = scope_or_none()
        selected = {"parent_id": str(scope.organization_id)} if scope and scope.organization_id else {}
        return {**selected, **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """An address without scheme means https."""
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("name"), ordering="path")
    def indented_name(self, organization: Organization) -> str:
        """The name, as deep as it stands."""
        return f"{INDENT * organization.depth}{organization.name}"

    @admin.display(description=pgettext_lazy("in the tree of organizations", "place"))
    def place(self, organization: Organization) -> str:
        """Names from the top down to the organization."""
        ids = [UUID(part) for part in organization.path.split("/") if part]
        names = dict(visible_organizations().filter(pk__in=ids).values_list("pk", "name"))
        return " / ".join(names[key] for key in ids if key in names)


class TenantForm(CommandForm):
    """Settings of a tenant."""

    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=UnfoldAdminSelectWidget, initial="UTC")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("time_zone")
        if field is not None:
            field.choices = [(name, name) for name in sorted(zoneinfo.available_timezones())]


def platform_acts(tenant: Tenant | None = None) -> bool:
    """Say whether the platform is at work: only it opens and closes tenants."""
    scope = scope_or_none()
    return scope is not None and is_platform(scope.actor)


@register(Tenant)
class TenantPage(CommandAdmin):
    """The actor's own tenant; every tenant for the platform."""

    create_command = create_tenant
    update_command = update_tenant
    view_feature = TENANTS_VIEW
    manage_feature = TENANTS_MANAGE
    form = TenantForm
    icon = "apartment"
    order = 20
    list_display = ("name", "slug", "status", "locale", "time_zone", "base_currency")
    list_filter = ("status",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    optional_fields = ("slug",)
    readonly_fields = ("status",)
    buttons = (
        RecordCommand(
            "suspend",
            suspend_tenant,
            _("Suspend"),
            icon="block",
            confirm=_("Nobody can log in to the tenant any more, and open sessions are refused."),
            shown=lambda tenant: tenant.is_open and platform_acts(),
            dangerous=True,
        ),
        RecordCommand(
            "reactivate",
            reactivate_tenant,
            _("Open"),
            icon="lock_open",
            shown=lambda tenant: tenant.status in {"trial", "suspended"} and platform_acts(),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The tenants that the actor may see."""
        return visible_tenants()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the platform founds tenants."""
        return platform_acts() and super().has_add_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> tuple[str, ...]:
        """A new tenant begins on trial."""
        settings_fields = ("name", "slug", "locale", "time_zone", "base_currency")
        return settings_fields if obj is None else (*settings_fields, "status")
