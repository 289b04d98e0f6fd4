"""What may be allowed with dictionaries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("dictionaries.view", _("See dictionaries and their values"))
MANAGE = feature(
    "dictionaries.manage",
    _("Add, change, sort, merge and delete dictionaries and values"),
    implies=("dictionaries.view",),
)
