"""Reactions of the customers module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from apps.customers.services.reminders import plan_all, plan_reminders
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import BulkChanged, RecordChanged
from apps.kernel.eventbus.subscribing import subscribe

TELLING: Final = frozenset(
    {
        "scheduled_at",
        "status",
        "recurrence",
        "time_zone",
        "is_all_day",
        "reminder_minutes",
        "series_changed_at",
        "deleted_at",
    }
)


@subscribe("customers.interaction.*", id="customers.reminders", persistent=True, together=True)
def follow(events: Sequence[tuple[Any, EventContext]]) -> None:
    """Plan the reminders of interactions anew that were changed, whoever did it and how: undo is heard of as well."""
    ids = {payload.resource_id for payload, _ctx in events if isinstance(payload, RecordChanged) and _tells(payload)}
    if ids:
        plan_reminders(ids)
    if any(isinstance(payload, BulkChanged) for payload, _ctx in events):
        plan_all()


def _tells(payload: RecordChanged) -> bool:
    return not payload.changed or bool(TELLING & set(payload.changed))
