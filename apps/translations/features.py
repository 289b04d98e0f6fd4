"""What may be allowed with translations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("translations.view", _("See translations and what is missing"))
MANAGE = feature("translations.manage", _("Translate texts of records"), implies=("translations.view",))
MANAGE_LOCALES = feature(
    "translations.locales.manage",
    _("Choose the languages that texts are translated into"),
    implies=("translations.view",),
)
