"""How reminders are found."""

from __future__ import annotations

from apps.example.features import VIEW_REMINDERS
from apps.example.models import Reminder
from apps.search.contracts import searchable

searchable(Reminder, feature=VIEW_REMINDERS, title="title", fields={"title": "A"})
