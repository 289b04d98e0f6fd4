"""AppConfig of the auth module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class StaffConfig(ModuleConfig):
    """The module's manifest."""

    name = "apps.auth"
    label = "staff_auth"
    manifest = Manifest(id="auth", label=_("Staff"))
