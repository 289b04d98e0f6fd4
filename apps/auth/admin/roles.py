"""Back office pages of roles."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.auth.admin.forms import RoleForm
from apps.auth.admin.refusals import BoundaryPage
from apps.auth.features import MANAGE_ROLES, VIEW_ROLES
from apps.auth.models import Role
from apps.auth.selectors import grants_of_role
from apps.auth.services.roles import create_role, delete_role, update_role
from apps.auth.services.visibility import only_visible_roles
from apps.kernel.admin.registration import register

LIVING_MEMBERS = models.Count("memberships", filter=models.Q(memberships__user__deleted_at__isnull=True), distinct=True)


@register(Role)
class RolePage(BoundaryPage):
    """Roles with their grants as a tree of checkboxes."""

    create_command = create_role
    update_command = update_role
    delete_command = delete_role
    view_feature = VIEW_ROLES
    manage_feature = MANAGE_ROLES
    form = RoleForm
    icon = "badge"
    order = 20
    empty_hint = gettext_lazy("A role is a set of permissions that you give to several people.")
    list_display = ("name", "kind", "members")
    search_fields = ("name",)
    ordering = ("name",)
    readonly_fields = ("kind", "granted", "reach")

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> Any:
        """The form, or for readers what it would hold."""
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if may_write:
            return ("name", "is_super_admin", "everywhere", "organizations", "features")
        return ("name", "kind", "reach", "granted")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Role]:
        """Roles with the number of their living members."""
        rows: models.QuerySet[Role] = super().get_queryset(request)
        return only_visible_roles(rows).annotate(member_count=LIVING_MEMBERS)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """System roles stay."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.system_key is None)

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """The form's two answers about organizations become one list, or None for all."""
        given = super().command_input(request, form, formsets)
        everywhere, listed = given.pop("everywhere"), given.pop("organizations")
        return {**given, "organization_ids": None if everywhere else listed}

    @admin.display(description=gettext_lazy("members"))
    def members(self, role: Role) -> int:
        """How many living users have it."""
        return int(getattr(role, "member_count", 0))

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, role: Role) -> str:
        """Whether the platform made it."""
        return _("system role (%(key)s)") % {"key": role.system_key} if role.system_key else _("own role")

    @admin.display(description=gettext_lazy("permissions"))
    def granted(self, role: Role) -> str:
        """The grants, one below the other."""
        grants = grants_of_role(role.pk)
        lines = [_("super admin")] if grants.is_super_admin else []
        return format_html_join("", "<div>{}</div>", ((line,) for line in [*lines, *sorted(grants.features)]))

    @admin.display(description=gettext_lazy("organizations"))
    def reach(self, role: Role) -> str:
        """Where it holds."""
        listed = grants_of_role(role.pk).organization_ids
        return _("every organization") if listed is None else _("%(count)d organizations") % {"count": len(listed)}
