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

TYPES_VIEW = feature("entities.types.view", _("See record types"))
TYPES_MANAGE = feature(
    "entities.types.manage",
    _("Add, change and delete record types"),
    implies=("entities.types.view", "entities.definitions.view"),
)
INDEXES_MANAGE = feature(
    "entities.indexes.manage", _("Have custom fields indexed"), implies=("entities.definitions.view",)
)

# Features of each type of record that a tenant makes: `entities.<key>.view`, `entities.<key>.manage`.
VIEW_RECORDS, MANAGE_RECORDS = "view", "manage"
ACTIONS = frozenset({VIEW_RECORDS, MANAGE_RECORDS})


def record_feature(type_key: str, action: str) -> str:
    """The feature of a type."""
    return f"entities.{type_key}.{action}"
