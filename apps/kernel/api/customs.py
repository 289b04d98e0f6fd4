"""Custom fields in the REST interface: one object by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.kernel.customs import FieldDefinitions
from apps.kernel.services import service

CUSTOM = "custom_fields"
SCHEMA = {
    "type": "object",
    "description": (
        "Values of the tenant's own fields by key; `GET /api/entities/definitions/` says which there are and of what"
        " kind. In answers every field of the entity, null where there is no value. In writes the given keys are"
        " merged into the record, null removes a value; `cf_<key>` beside the other fields does the same. Decimals"
        " are shown as text and taken as numbers or text; an amount of money is `{amount, currency}`."
    ),
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,63}$"},
    "additionalProperties": {},
    "maxProperties": 128,
    "example": {},
}


@extend_schema_field(SCHEMA)
class CustomValuesField(serializers.Field[Any, Any, Any, Any]):
    """The values of one record. What is given is passed on as it is: the command judges it."""

    default_error_messages: ClassVar[dict[str, Any]] = {"not_a_dict": _("Give an object of values by key.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values as they came."""
        if not isinstance(data, Mapping):
            self.fail("not_a_dict")
        return dict(data)

    def to_representation(self, value: Any) -> Any:
        """The values of one record as they are shown."""
        return service(FieldDefinitions).shown(fields_entity(self.parent), [value])[0]


def fields_entity(serializer: Any) -> str:
    """The entity that the custom fields of a serializer's records are defined for: its Meta's, or the model's own."""
    meta = serializer.Meta
    return str(getattr(meta, "fields_entity", "") or getattr(meta.model, "entity_id", ""))
