"""What other modules may know about notifications; declaring and sending them needs the kernel alone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NotificationCreated:
    """People were told something; `resource_id` is the notification where it was one person."""

    resource_id: UUID | None
    type: str
    severity: str


@dataclass(frozen=True, slots=True)
class NotificationChanged:
    """Somebody has read, put away, brought back or acted upon notifications of theirs; None: several."""

    resource_id: UUID | None
    status: str
