"""Back office pages of users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.auth.admin.explain import AccessPages
from apps.auth.admin.forms import NewUserForm, PasswordFields, UserForm
from apps.auth.admin.refusals import BoundaryPage
from apps.auth.features import MANAGE_USERS, VIEW_USERS
from apps.auth.models import Role, User, UserRole
from apps.auth.services.passwords import set_password
from apps.auth.services.users import create_user, delete_user, set_user_acl, update_user
from apps.auth.services.visibility import only_visible_roles, only_visible_users
from apps.kernel.admin.access import may_run
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.registration import register

FORM = ("name", "email", "roles", "home_organization_id", "is_active", "is_confirmed", "locale", "time_zone")
READING = ("name", "address", "role_names", "home_organization_id", "is_active", "is_confirmed", "locale", "time_zone")


class ByRole(SelectFilter):
    """Users who have a role."""

    title, parameter_name = _("role"), "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """The tenant's roles."""
        return [(str(key), name) for key, name in _named_roles()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Users of the chosen one."""
        value = self.value()
        try:
            return queryset.filter(memberships__role_id=UUID(value)) if value else queryset
        except ValueError:
            return queryset.none()


@dataclass(frozen=True, slots=True)
class Way:
    """A link that stands among the buttons."""

    label: Any
    icon: str
    dangerous: bool = False


@register(User)
class UserPage(AccessPages, BoundaryPage):
    """Users with their roles, and the button that sets a password."""

    create_command = create_user
    update_command = update_user
    delete_command = delete_user
    view_feature = VIEW_USERS
    manage_feature = MANAGE_USERS
    form = UserForm
    icon = "person"
    order = 10
    empty_hint = _("Create a user for everybody who works here.")
    list_display = ("name", "address", "role_names", "is_active")
    list_filter = (ByRole, "is_active")
    search_fields = ("name",)
    search_help_text = _("Part of a name, or a whole e-mail address")
    ordering = ("name",)
    readonly_fields = ("address", "role_names")
    buttons = (
        RecordCommand("password", set_password, _("Set password"), icon="key", form=PasswordFields, dangerous=True),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """Users whom the reader may see."""
        rows: models.QuerySet[User] = super().get_queryset(request)
        return only_visible_users(rows.filter(deleted_at__isnull=True))

    def offered_buttons(self, record: User) -> list[dict[str, Any]]:
        """The buttons, and the ways to the user's own list and to what decides about them."""
        found = super().offered_buttons(record)
        if not may_run(set_user_acl):
            return found
        explain = f"{reverse('admin:auth_explain')}?user={record.pk}"
        permissions = reverse("admin:auth_permissions", args=[record.pk])
        ways = ((permissions, _("Permissions"), "key"), (explain, _("Explain access"), "help"))
        return [*found, *({"button": Way(label, icon), "url": url} for url, label, icon in ways)]

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The form, or for readers what it would hold."""
        if obj is None:
            return (*FORM, "password") if self.has_add_permission(request) else READING
        return FORM if self.has_change_permission(request, obj) else READING

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """A new user may get a password at once."""
        if not change:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Addresses are encrypted: they are found whole or not at all."""
        if "@" in search_term:
            return queryset.filter(email=search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Fetch the role names of a whole page at once."""
        names = _role_names([row.pk for row in rows])
        for row in rows:
            row.shown_roles = names[row.pk]

    @admin.display(description=_("e-mail"))
    def address(self, user: User) -> str:
        """The address; a column of ciphertext cannot be sorted."""
        return str(user.email)

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        """Names of the roles."""
        shown = getattr(user, "shown_roles", None)
        return ", ".join(_role_names([user.pk])[user.pk] if shown is None else shown) or "—"


def _named_roles() -> Any:
    return only_visible_roles(Role.objects.order_by("name")).values_list("pk", "name")


def _role_names(user_ids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = UserRole.objects.filter(user_id__in=user_ids).order_by("role__name")
    for user_id, name in rows.values_list("user_id", "role__name"):
        found[user_id].append(name)
    return found
