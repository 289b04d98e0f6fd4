"""Forms of the pages for a new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.auth.services.checks import LONGEST_PASSWORD

LONGEST_ADDRESS = 254
RULES = _("At least 12 characters; a sentence is best. Common passwords are refused.")


class AddressForm(forms.Form):
    """An e-mail address, and the company where it works for several."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput({"autocomplete": "username", "autofocus": True}),
    )
    tenant = forms.CharField(
        label=_("Organization handle"),
        help_text=_("Only needed if your address works for several companies."),
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput({"autocomplete": "organization", "autocapitalize": "none"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, twice; the policy itself is the command's."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=RULES,
        widget=forms.PasswordInput({"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        given = dict(super().clean() or {})
        if "password" in given and "again" in given and given["password"] != given["again"]:
            raise ValidationError({"again": _("The two passwords are not the same.")})
        if len(given.get("password", "")) > LONGEST_PASSWORD * 8:
            raise ValidationError({"password": _("This password is too long.")})
        return given
