"""Refusals of the back office."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, PlatformError


class ViewNotYours(PlatformError):
    """The view is another user's, and only read here."""

    status = 403
    code = "backoffice.view.not_yours"
    message = _("{name} is somebody else's. Save it as a view of your own to change it.")


class NobodyKeeps(Conflict):
    """A view belongs to whoever makes it, and a program without an account is nobody."""

    code = "backoffice.view.nobody_keeps"
    message = _("A view belongs to a user or to a role.")
