"""What may be allowed with definitions of custom fields; their values go with the records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("entities.definitions.view", _("See definitions of custom fields"))
MANAGE = feature(
    "entities.definitions.manage",
    _("Add, change, order and delete custom fields"),
    implies=("entities.definitions.view",),
)
