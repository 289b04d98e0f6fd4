"""Back office pages of the events module; each file registers its own."""

from __future__ import annotations

from apps.events.admin import deliveries, events

__all__ = ["deliveries", "events"]
