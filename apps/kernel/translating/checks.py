"""System checks of what modules declare translatable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from apps.kernel.bases.mixins import SoftDelete
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.translating.declared import TRANSLATABLE, Translatable


@register(Tags.models)
def check_translatable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every declared field is a plain text of a kind of record that is hidden instead of deleted."""
    return [message for item in TRANSLATABLE.values() for message in _judge(item)]


def _judge(item: Translatable) -> Iterator[CheckMessage]:
    entity = ENTITIES.get(item.entity)
    if entity is None:
        yield Error(f"{item.entity} is declared translatable and is no kind of record.", id="kernel.E046")
        return
    if not issubclass(entity.model, SoftDelete):
        hint = "Derive the model from SoftDelete: translations stay with the hidden record and come back with it."
        yield Error(f"{item.entity} is translatable and deleted for good.", hint=hint, id="kernel.E047")
    for name in item.fields:
        if not _is_text(entity.model, name):
            yield Error(f"{item.entity}.{name} is translatable and no plain text.", id="kernel.E048")


def _is_text(model: type[models.Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not getattr(field, "encrypted", False) and not getattr(field, "choices", None)
