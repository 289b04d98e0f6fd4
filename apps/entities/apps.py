"""AppConfig of the entities module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class EntitiesConfig(ModuleConfig):
    """Fields that tenants add to the records of every module."""

    name = "apps.entities"
    label = "entities"
    verbose_name = _("Custom fields")
    manifest = Manifest(
        id="entities",
        label=_("Custom fields"),
        requires=("directory",),
        description=_("Fields that tenants add to the records of every module."),
    )
