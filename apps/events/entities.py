"""Events and deliveries as kinds of record. They name records of others, so the palette does not search them."""

from __future__ import annotations

from apps.kernel.eventbus.models import Delivery, OutboxEvent
from apps.kernel.registry.entities import entity

entity(OutboxEvent, icon="bolt", url="admin:kernel_outboxevent_change")
entity(Delivery, icon="outbox", url="admin:kernel_delivery_change")
