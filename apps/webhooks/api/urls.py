from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.kernel.api.routers import CommandRouter
from apps.webhooks.api.views.incoming import EndpointViewSet, InboundView, ReceiptViewSet
from apps.webhooks.api.views.outgoing import DeliveryViewSet, OfferedEventsView, WebhookViewSet

router = CommandRouter()
router.register("webhooks", WebhookViewSet, basename="webhooks.webhook")
router.register("deliveries", DeliveryViewSet, basename="webhooks.delivery")
router.register("endpoints", EndpointViewSet, basename="webhooks.endpoint")
router.register("receipts", ReceiptViewSet, basename="webhooks.receipt")

urlpatterns: list[URLPattern | URLResolver] = [
    path("events/", OfferedEventsView.as_view(), name="webhooks.events"),
    path("inbound/<uuid:endpoint_id>/", InboundView.as_view(), name="webhooks.inbound"),
    *router.urls,
]
