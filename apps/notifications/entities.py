"""The kinds of record of the module: mails, notifications, and what people have chosen about them."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.notifications.models import Mail, Notification, NotificationPreference, NotificationSettings

entity(Mail, icon="mail", url="admin:notifications_mail_change", is_sensitive=True)
entity(Notification, icon="notifications", url="admin:notifications_notification_change")
entity(NotificationPreference, icon="tune")
entity(NotificationSettings, icon="tune")
