"""What happens to notifications; heard by their readers alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.eventbus.declarations import event
from apps.notifications.contracts import NotificationChanged, NotificationCreated

NOTIFICATION_CREATED = event(
    "notifications.notification.created",
    payload=NotificationCreated,
    label=_("Somebody was notified"),
    broadcast="portal",
    triggers_workflows=False,
)
NOTIFICATION_CHANGED = event(
    "notifications.notification.changed",
    payload=NotificationChanged,
    label=_("A notification was read or acted upon"),
    broadcast="portal",
    triggers_workflows=False,
)
