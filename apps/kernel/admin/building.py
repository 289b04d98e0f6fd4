"""What the dialog reads in which conditions are put together: fields, comparisons, and the condition as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import models
from django.urls import reverse

from apps.kernel.admin.chips import Wording
from apps.kernel.admin.conditions import Named
from apps.kernel.admin.labels import Labels

MOST_DEPTH: Final = 3
MOST_IN_GROUP: Final = 15
MOST_IN_ALL: Final = 50


def builder_data(
    model: type[models.Model], fields: Mapping[str, Named], tree: Any, labels: Labels, **more: Any
) -> dict[str, Any]:
    """Data of the dialog for records of a model. `more`: `faults`, and `list` and `check` where a list judges it."""
    pointed = {str(item): labels.text(target, item) for target, item in _pointed(fields, labels, tree) if item}
    return {
        "fields": [_field(item) for item in sorted(fields.values(), key=lambda item: item.label.lower())],
        "tree": tree,
        "labels": pointed,
        "references": reverse("admin:references"),
        "asking": {"app_label": model._meta.app_label, "model_name": model._meta.model_name},
        "most": {"depth": MOST_DEPTH, "group": MOST_IN_GROUP, "all": MOST_IN_ALL},
        **more,
    }


def _pointed(fields: Mapping[str, Named], labels: Labels, tree: Any) -> list[tuple[str, Any]]:
    if not isinstance(tree, dict):
        return []
    found = list(Wording(fields, labels).pointers(tree))
    labels.fetch(found)
    return found


def _field(item: Named) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "kind": item.kind,
        "operators": [[name, str(words)] for name, words in item.operators.items()],
        "choices": item.choices,
        "target": item.target,
    }
