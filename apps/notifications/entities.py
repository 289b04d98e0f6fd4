"""The kind of record `notifications.mail`."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.notifications.models import Mail

entity(Mail, icon="mail", url="admin:notifications_mail_change", is_sensitive=True)
