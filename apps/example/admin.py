"""Back office pages of reminders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.example import services
from apps.example.features import MANAGE_REMINDERS, VIEW_REMINDERS
from apps.example.models import Reminder
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


@register(Reminder)
class ReminderPage(CommandAdmin):
    """Reminders of the selected organizations."""

    create_command = services.create_reminder
    update_command = services.update_reminder
    delete_command = services.delete_reminder
    view_feature = VIEW_REMINDERS
    manage_feature = MANAGE_REMINDERS
    icon = "description"
    order = 10
    empty_hint = _("Add the first reminder.")
    list_display = ("title", "is_done", "organization_id")
    list_filter = ("is_done",)
    search_fields = ("title",)
    ordering = ("title",)
    fields = ("title", "currency_id", "is_done")
