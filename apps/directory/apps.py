"""AppConfig of the directory module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class DirectoryConfig(ModuleConfig):
    """The module's manifest."""

    name = "apps.directory"
    label = "directory"
    manifest = Manifest(id="directory", label=_("Directory"))
