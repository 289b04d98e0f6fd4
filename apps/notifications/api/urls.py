from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.kernel.api.routers import CommandRouter
from apps.notifications.api.views import (
    MailViewSet,
    MarkAllReadView,
    NoticesView,
    NotificationViewSet,
    PreferencesView,
    UnreadCountView,
)

router = CommandRouter()
router.register("mails", MailViewSet, basename="notifications.mail")
router.register("notifications", NotificationViewSet, basename="notifications.notification")

urlpatterns: list[URLPattern | URLResolver] = [
    path("notifications/unread-count/", UnreadCountView.as_view(), name="notifications.unread_count"),
    path("notifications/mark-all-read/", MarkAllReadView.as_view(), name="notifications.mark_all_read"),
    path("notices/", NoticesView.as_view(), name="notifications.notices"),
    path("preferences/", PreferencesView.as_view(), name="notifications.preferences"),
    *router.urls,
]
