"""The kind of record `example.reminder`. Stances have none: they belong to the currency that they are about."""

from __future__ import annotations

from apps.example.models import Reminder
from apps.kernel.registry.entities import entity

entity(Reminder, icon="notifications", search=("title",), url="admin:example_reminder_change", broadcast="staff")
