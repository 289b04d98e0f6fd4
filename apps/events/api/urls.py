from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.events.api.views import DeclaredEventsView, DeliveryViewSet, OutboxViewSet, SubscribersView
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("outbox", OutboxViewSet, basename="events.event")
router.register("deliveries", DeliveryViewSet, basename="events.delivery")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", DeclaredEventsView.as_view(), name="events.declared"),
    path("subscribers/", SubscribersView.as_view(), name="events.subscribers"),
    *router.urls,
]
