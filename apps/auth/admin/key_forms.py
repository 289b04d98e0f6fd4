"""Forms of API keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.auth.admin.fields import FeaturesField, OrganizationsField
from apps.auth.models import ApiKey, ApiKeyRole, Role
from apps.auth.services.keys import LONGEST_OVERLAP, OVERLAP_HOURS
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.issuing import OnceForm
from apps.kernel.admin.moments import MomentInput
from apps.kernel.tenancy.scope import current_scope


class ApiKeyForm(CommandForm):
    """What a key may do, where, and on which terms."""

    roles: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The key may do what these roles allow, also after they change."),
    )
    features = FeaturesField(label=_("Permissions of its own"), required=False)
    everywhere = forms.BooleanField(
        label=_("In every organization that its roles open, without roles in all"), required=False
    )
    organizations = OrganizationsField(
        label=_("Only in these organizations"),
        required=False,
        help_text=_(
            "And in what lies below them, as far as its roles reach. With none ticked it sees no organization."
        ),
    )
    addresses = forms.CharField(
        label=_("Addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Networks that may use the key, one in a line: 203.0.113.0/24. Empty means from anywhere."),
    )
    expires_at = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        widget=MomentInput(seconds=False),
        help_text=_("In your time zone. Empty means never."),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "description", "per_minute")
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key: ApiKey = self.instance
        is_new = key._state.adding
        reach = current_scope().actor.access.organization_ids if is_new else key.organization_ids
        self.initial["everywhere"] = reach is None
        self.initial["organizations"] = [str(item) for item in reach or ()]
        self.initial["addresses"] = "\n".join(key.addresses)
        self.initial["expires_at"] = key.expires_at.replace(second=0, microsecond=0) if key.expires_at else None
        self._offer(key, reach or ())

    def _offer(self, key: ApiKey, reach: Any) -> None:
        """Choices; a page for readers has none of these fields."""
        fields: dict[str, Any] = self.fields
        if "roles" in fields:
            fields["roles"].queryset = Role.objects.order_by("name")
            held = ApiKeyRole.objects.filter(api_key_id=key.pk).values_list("role_id", flat=True)
            self.initial["roles"] = [] if key._state.adding else list(held)
        if "features" in fields:
            fields["features"].initial = list(key.features)
        if "organizations" in fields:
            fields["organizations"].offer(reach)

    def clean_addresses(self) -> list[str]:
        """The lines that are not blank."""
        lines = str(self.cleaned_data["addresses"]).splitlines()
        return [line.strip() for line in lines if line.strip()]


class NewApiKeyForm(ApiKeyForm, OnceForm):
    """The same for a new key."""


class OverlapFields(forms.Form):
    """For how long the former secret works beside the new one."""

    overlap_hours = forms.IntegerField(
        label=_("Hours of overlap"),
        initial=OVERLAP_HOURS,
        min_value=0,
        max_value=LONGEST_OVERLAP,
        help_text=_("For so long the former key works as well. 0 ends it at once."),
    )
