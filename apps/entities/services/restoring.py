"""Undo is no way round today's rules: values that come back must be free, and what they point to must be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.entities.calculations import lifted
from apps.entities.contracts import FieldDefinition
from apps.entities.selectors import fields_now, model_of
from apps.entities.selectors.sealing import opened
from apps.entities.selectors.showing import target_of
from apps.entities.services.uniqueness import Claim, taken
from apps.kernel.commands.errors import Duplicate
from apps.kernel.errors import FieldError


def demand_restorable(entity: str, images: Sequence[Mapping[str, Any]]) -> None:
    """Demand that no other living record holds a unique value of the images. Raises Duplicate."""
    fields = [field for field in fields_now(entity).every.values() if field.rules.is_unique]
    if not fields:
        return
    claims = [claim for index, image in enumerate(images) for claim in _claims(index, image, fields)]
    bad = sorted({claim.field.key for claim in taken(model_of(entity), claims)})
    if bad:
        text = _("Another record has this value already.")
        errors = tuple(FieldError(f"custom_fields.{key}", Duplicate.code, text) for key in bad)
        raise Duplicate(errors=errors, fields=", ".join(bad))


def pointers(entity: str, stored: Mapping[str, Any]) -> list[tuple[str, str, UUID]]:
    """What values of a row point to: name of the field, target entity, id."""
    found = []
    for key, field in fields_now(entity).every.items():
        if (target := target_of(field)) and stored.get(key) is not None:
            found.append((f"custom_fields.{key}", target, UUID(stored[key])))
    return found


def _claims(index: int, image: Mapping[str, Any], fields: Sequence[FieldDefinition]) -> list[Claim]:
    if image.get("deleted_at"):
        return []
    stored = image.get("custom") or {}
    place = UUID(image["organization_id"]) if image.get("organization_id") else None
    return [
        Claim(index, UUID(image["id"]), field, place, _value(field, stored))
        for field in fields
        if stored.get(field.key) is not None
    ]


def _value(field: FieldDefinition, stored: Mapping[str, Any]) -> Any:
    if field.is_encrypted:
        return opened(model_of(field.entity)._meta.db_table, field.key, stored[field.key])
    return lifted(field, stored)
