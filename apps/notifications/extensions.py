"""The bell among the buttons at the top of every page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.addresses import address_if_any
from apps.kernel.extensions.spots import Place, Widget, widget
from apps.kernel.registry.subjects import SubjectSource, subject_source
from apps.notifications.selectors import MOST_COUNTED, reader_or_none, unread_count
from apps.notifications.services.subjects import erase_mails, erase_notifications, read_mails, read_notifications


def bell(place: Place) -> dict[str, Any] | None:
    """How many are unread, in one query; None where nobody reads, or the REST interface is not there."""
    list_address = address_if_any("notifications.notification-list")
    if not list_address or reader_or_none() is None:
        return None
    count = unread_count()
    return {"count": count, "is_capped": count >= MOST_COUNTED, "list_address": list_address, "now": clock.now()}


widget(Widget("notifications.bell", "backend:topbar:actions", "notifications/bell.html", context=bell))
subject_source(SubjectSource("notifications.mails", _("Mails"), read=read_mails, erase=erase_mails))
subject_source(
    SubjectSource("notifications.notifications", _("Notifications"), read=read_notifications, erase=erase_notifications)
)
