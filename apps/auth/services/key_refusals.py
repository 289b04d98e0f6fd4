"""Refusals about API keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict


class ApiKeyRevoked(Conflict):
    """A revoked key never comes back and is changed no more."""

    code = "auth.api_key.revoked"
    message = _("This key has been revoked. Make a new one.")


class ApiKeyExpired(Conflict):
    """The key's own end has passed, so a new secret would not work."""

    code = "auth.api_key.expired"
    message = _("This key has expired. Give it a later end first.")
