"""REST interface of reminders."""

from __future__ import annotations

from typing import ClassVar

from apps.example import services
from apps.example.api.serializers import ReminderSerializer
from apps.example.features import MANAGE_REMINDERS, VIEW_REMINDERS
from apps.example.models import Reminder
from apps.kernel.api.viewsets import CommandViewSet


class ReminderViewSet(CommandViewSet):
    """Reminders of the selected organizations; new ones go to the one that is selected."""

    entity = Reminder.entity_id
    serializer_class = ReminderSerializer
    filter_fields = ("organization_id", "title", "currency_id", "is_done", "created_at", "updated_at")
    ordering_fields = ("title", "created_at")
    default_ordering = "title"
    create_command = services.create_reminder
    update_command = services.update_reminder
    delete_command = services.delete_reminder
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_REMINDERS,),
        "retrieve": (VIEW_REMINDERS,),
        "create": (MANAGE_REMINDERS,),
        "update": (MANAGE_REMINDERS,),
        "partial_update": (MANAGE_REMINDERS,),
        "destroy": (MANAGE_REMINDERS,),
    }
