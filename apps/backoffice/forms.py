"""The log-in form: e-mail address, password, and the tenant where one address works for several."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import BASE_INPUT_CLASSES

from apps.kernel.limits.middleware import forgive

REFUSED = _("This e-mail address and password do not open anything here.")
LOOK = {"class": " ".join(BASE_INPUT_CLASSES)}


class LoginForm(forms.Form):
    """Every failure has one wording, so that it never shows which part was wrong."""

    # No rule of form here: an address that cannot exist is refused like one that does not.
    email = forms.CharField(
        label=_("E-mail address"),
        widget=forms.EmailInput({**LOOK, "autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({**LOOK, "autocomplete": "current-password"}),
    )
    tenant = forms.CharField(
        label=_("Organization handle"),
        help_text=_("Only needed if your address works for several companies."),
        required=False,
        widget=forms.TextInput({**LOOK, "autocomplete": "organization", "autocapitalize": "none"}),
    )

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: Any = None

    def clean(self) -> dict[str, Any]:
        """Authenticate."""
        given = self.cleaned_data
        if "email" not in given or "password" not in given:
            return given
        self.user = authenticate(
            self.request,
            email=given["email"],
            password=given["password"],
            tenant=given.get("tenant") or None,
        )
        if self.user is None:
            raise ValidationError(REFUSED, code="refused")
        if self.request is not None:
            forgive(self.request)
        return given

    def get_user(self) -> Any:
        """Who signed in."""
        return self.user
