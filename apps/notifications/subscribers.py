"""What notifications hear: settings that somebody has taken back."""

from __future__ import annotations

from typing import Any

from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.eventbus.subscribing import subscribe
from apps.notifications.services.choosing import follow_undo


@subscribe("notifications.settings.*", id="notifications.settings_undone", persistent=True, ordered_by="entity_id")
def move_digest(payload: Any, ctx: EventContext) -> None:
    """Move a digest that waits to the hour that counts again; the command itself moves it for what is chosen."""
    if isinstance(payload, RecordChanged) and payload.cause:
        follow_undo(payload.resource_id)
