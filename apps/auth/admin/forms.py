"""Forms of users and roles; what a command takes apart from the model's own fields stands here."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from apps.auth.admin.fields import FeaturesField, OrganizationsField, same_twice
from apps.auth.calculations import GrantList
from apps.auth.models import Role, User, UserRole
from apps.auth.selectors import grants_of_role, own_grants
from apps.auth.services.checks import LONGEST_PASSWORD
from apps.auth.services.holders import catalogue
from apps.auth.services.visibility import only_visible_roles
from apps.kernel.access.records import restrictable
from apps.kernel.admin.forms import CommandForm
from apps.kernel.tenancy.scope import current_scope


class RoleForm(CommandForm):
    """A role and what it grants."""

    is_super_admin = forms.BooleanField(
        label=_("Super admin"),
        required=False,
        help_text=_("Passes every check in this tenant, whatever is ticked below."),
    )
    everywhere = forms.BooleanField(label=_("In every organization"), required=False)
    organizations = OrganizationsField(
        label=_("Only in these organizations"),
        required=False,
        help_text=_("And in what lies below them. With none ticked the role sees no organization."),
    )
    features = FeaturesField(label=_("Permissions"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        held = None if is_new else grants_of_role(self.instance.pk)
        reach = held.organization_ids if held else current_scope().actor.access.organization_ids
        self.initial["features"] = sorted(held.features) if held else []
        self.initial["is_super_admin"] = held.is_super_admin if held else False
        self.initial["everywhere"] = reach is None
        self.initial["organizations"] = [str(item) for item in reach or ()]
        self._offer("features", self.initial["features"])
        self._offer("organizations", reach or ())

    def _offer(self, name: str, chosen: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, OrganizationsField):
            field.offer(chosen)
        elif field is not None:
            field.initial = chosen


class UserForm(CommandForm):
    """A user and their roles."""

    roles: Any = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=UnfoldAdminSelectWidget, initial="UTC")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if "roles" in fields:
            fields["roles"].queryset = only_visible_roles(Role.objects.order_by("name"))
            held = UserRole.objects.filter(user_id=self.instance.pk).values_list("role_id", flat=True)
            self.initial["roles"] = [] if self.instance._state.adding else list(held)
        if "time_zone" in fields:
            fields["time_zone"].choices = [(name, name) for name in sorted(zoneinfo.available_timezones())]


class PasswordFields(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a sentence is best. Common passwords are refused."),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        return same_twice(dict(super().clean() or {}))


class NewUserForm(UserForm):
    """A new user; without a password nobody can log in until one is set."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        required=False,
        max_length=LONGEST_PASSWORD,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a sentence is best. Without one, nobody can log in yet."),
    )


class UserAclForm(forms.Form):
    """A user's own list, beside their roles."""

    is_super_admin = forms.BooleanField(
        label=_("Super admin"),
        required=False,
        help_text=_("Passes every check in this tenant, whatever is ticked below."),
    )
    own_places = forms.BooleanField(
        label=_("Organizations of their own"),
        required=False,
        help_text=_("The list below counts in place of those of the roles. With none ticked they see no organization."),
    )
    organizations = OrganizationsField(label=_("Only in these organizations"), required=False)
    features = FeaturesField(label=_("Permissions beside those of the roles"), required=False)
    denied_features = FeaturesField(
        label=_("Denied permissions"), required=False, help_text=_("A denial wins over every role and wildcard.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = own_grants(user.pk) or GrantList()
        self.initial = {
            "is_super_admin": held.is_super_admin,
            "own_places": held.organization_ids is not None,
            "organizations": [str(item) for item in held.organization_ids or ()],
            "features": sorted(held.features),
            "denied_features": sorted(held.denied),
        }
        fields: dict[str, Any] = self.fields
        fields["organizations"].offer(held.organization_ids or ())
        for name in ("features", "denied_features"):
            fields[name].initial = self.initial[name]

    def given(self) -> dict[str, Any]:
        """Keyword arguments for the command."""
        found = dict(self.cleaned_data)
        places, own = found.pop("organizations"), found.pop("own_places")
        return {**found, "organization_ids": places if own else None}


class ExplainForm(forms.Form):
    """A permission, and who and what it is asked about."""

    feature = forms.ChoiceField(label=_("Permission"), widget=UnfoldAdminSelectWidget)
    user: Any = forms.ModelChoiceField(
        queryset=None, label=_("User"), required=False, widget=UnfoldAdminSelectWidget, empty_label=_("everybody")
    )
    entity = forms.ChoiceField(label=_("Kind of record"), required=False, widget=UnfoldAdminSelectWidget)
    record_id = forms.UUIDField(label=_("Id of the record"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["feature"].choices = [
            (module.label, [(item.id, f"{item.label} ({item.id})") for item in module.features])
            for module in catalogue()
        ]
        kinds = sorted((item.id, str(item.label)) for item in restrictable())
        fields["entity"].choices = [("", _("no record")), *kinds]

    def clean(self) -> dict[str, Any]:
        """Kind and id come together, and with a user."""
        given = dict(super().clean() or {})
        if bool(given.get("entity")) != bool(given.get("record_id")) and "record_id" not in self.errors:
            self.add_error("record_id", _("Name the kind of the record and its id, or neither."))
        if given.get("entity") and not given.get("user"):
            self.add_error("user", _("Choose whom the question is about."))
        return given
