"""System checks of kinds that may be restricted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register

from apps.kernel.access.objects import Level
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.registry.features import is_declared


@register(Tags.models)
def check_object_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each kind that may be restricted names the features of its readers and writers, and has its permissions."""
    kinds = (model for model in apps.get_models() if issubclass(model, ObjectAccess) and not model._meta.proxy)
    return [message for model in kinds for message in judge_kind(model)]


def judge_kind(model: type[ObjectAccess]) -> Iterator[CheckMessage]:
    """What is wrong with one kind."""
    label = model._meta.label
    if not getattr(model, "entity_id", ""):
        yield Error(f"{label} may be restricted and has no entity_id.", obj=model, id="kernel.E030")
    asked = ("view_feature", "change_feature", *(("view_all_feature",) if model.view_all_feature else ()))
    for name in asked:
        if not is_declared(getattr(model, name)):
            hint = f"Set {name} to a feature of the module."
            yield Error(f"{label} may be restricted and names no {name}.", hint=hint, obj=model, id="kernel.E031")
    if missing := {level.value for level in Level} - set(model._meta.default_permissions):
        text = f"{label} may be restricted and lacks the permissions {', '.join(sorted(missing))}."
        yield Error(text, hint="Leave Meta.default_permissions as it is.", obj=model, id="kernel.E032")
