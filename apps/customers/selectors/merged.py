"""Where the id of a merged customer leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.customers.models import Customer, CustomerRecord
from apps.kernel.access.visible import visible
from apps.kernel.ids import as_id
from apps.kernel.registry.entities import ENTITIES

MOST_STEPS = 50


def successor(model: type[CustomerRecord], record_id: Any) -> UUID | None:
    """The living record that took the place of a merged one, by way of others perhaps; None where there is none.

    Both have to be in the actor's sight. `record_id` may be anything that an address holds.
    """
    if (current := as_id(record_id)) is None:
        return None
    if not visible(model._default_manager.filter(pk=current, deleted_at__isnull=False)).exists():
        return None
    living = ENTITIES[str(model.entity_id)].living()
    for _step in range(MOST_STEPS):
        following = Customer.objects.filter(pk=current).values_list("merged_into_id", flat=True).first()
        if following is None:
            return current if living.filter(pk=current).exists() else None
        current = following
    return None
