"""What pipelines are called where those of several organizations stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final
from uuid import UUID

from apps.customers.models import Pipeline
from apps.kernel.registry.entities import ENTITIES

ORGANIZATION: Final = "directory.organization"


def pipeline_names(pipelines: Collection[Pipeline]) -> dict[UUID, str]:
    """Names by id; several of one name are told apart by their organizations, which takes one query."""
    times = Counter(item.name for item in pipelines)
    twins = [item for item in pipelines if times[item.name] > 1]
    owners = ENTITIES[ORGANIZATION].labels({item.organization_id for item in twins}) if twins else {}
    told_apart = {
        item.pk: f"{item.name} ({owners[item.organization_id]})" for item in twins if item.organization_id in owners
    }
    return {item.pk: told_apart.get(item.pk, item.name) for item in pipelines}
