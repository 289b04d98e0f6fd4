"""Shapes of reminders in the REST interface."""

from __future__ import annotations

from apps.example.models import Reminder
from apps.kernel.api.serializers import StrictModelSerializer


class ReminderSerializer(StrictModelSerializer):
    """A reminder."""

    class Meta:
        model = Reminder
        fields = ("id", "organization_id", "title", "currency_id", "is_done", "version", "created_at", "updated_at")
