"""What operators do about events, and the tidying up."""

from __future__ import annotations

from apps.events.services.deliveries import replay_deliveries, replay_delivery, skip_delivery
from apps.events.services.ranges import replay_range

__all__ = ["replay_deliveries", "replay_delivery", "replay_range", "skip_delivery"]
