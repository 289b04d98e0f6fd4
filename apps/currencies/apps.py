"""AppConfig of the currencies module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class CurrenciesConfig(ModuleConfig):
    """The module's manifest."""

    name = "apps.currencies"
    label = "currencies"
    manifest = Manifest(id="currencies", label=_("Currencies"))
