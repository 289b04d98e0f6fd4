"""Reminders for tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.example.models import Reminder
from apps.kernel.registry.entities import ENTITIES
from tests.support.rows import make_row
from tests.support.scopes import House, seeding


def some_record(house: House, entity: str) -> UUID:
    """A row of another module, in North, that a reference may point to."""
    model: Any = ENTITIES[entity].model
    with seeding(house.scope(house.north)):
        return UUID(str(make_row(model, house).pk))


def make_reminder(house: House, **values: Any) -> Reminder:
    """A living reminder of North."""
    chosen: dict[str, Any] = {"title": "Title", **values}
    with seeding(house.scope(house.north)):
        reminder = Reminder(**chosen)
        reminder.save(force_insert=True)
    return reminder


def living_reminders(house: House) -> list[str]:
    """What the house's living reminders are called."""
    with seeding(house.scope()):
        rows = Reminder.objects.filter(deleted_at__isnull=True).order_by("title")
        return [reminder.title for reminder in rows]


def reminder_body(house: House) -> dict[str, Any]:
    """Every field that may be sent."""
    return {"title": "Title", "currency_id": str(some_record(house, "currencies.currency")), "is_done": True}
