"""Back office pages of the ledger: what was sent when, what came back, and sending it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.naming import ORGANIZATION
from apps.webhooks.features import MANAGE, VIEW
from apps.webhooks.models import ENDED, Webhook, WebhookAttempt, WebhookDelivery
from apps.webhooks.selectors import TEST_EVENT, event_label, living_webhooks, offered_events
from apps.webhooks.services import replay_delivery


class ByWebhook(SelectFilter):
    """What one webhook sent."""

    title, parameter_name = _("webhook"), "webhook"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """The webhooks that there are."""
        return [(str(pk), name) for pk, name in living_webhooks().order_by("name").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Its deliveries; none for what is no webhook on offer."""
        value = self.value()
        if not value:
            return queryset
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(webhook_id=value) if value in known else queryset.none()


class ByEvent(SelectFilter):
    """Deliveries of one kind of event."""

    title, parameter_name = _("event"), "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Everything on offer, and the test."""
        return [(event.name, event_label(event.name)) for event in offered_events()] + [
            (TEST_EVENT, event_label(TEST_EVENT))
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Deliveries of the kind."""
        return queryset.filter(event_type=self.value()) if self.value() else queryset


@register(WebhookDelivery)
class DeliveryPage(CommandAdmin):
    """What webhooks sent or did not, newest first."""

    view_feature = VIEW
    manage_feature = MANAGE
    icon = "outgoing_mail"
    order = 20
    empty_hint = _("Each event that a webhook is for leaves a line here, with every try and what came back.")
    list_display = ("made_at", "to_which", "what", "state", "attempts", "response_status")
    list_display_links = ("made_at",)
    list_filter = ("status", ByWebhook, ByEvent, "created_at")
    sortable_by: ClassVar[tuple[str, ...]] = ()
    ordering = ("-created_at", "-id")
    fields = (
        ("to_which", "what"),
        ("state", "attempts"),
        ("next_attempt_at", "ended_at"),
        ("created_at", "place"),
        "header_id",
    )
    readonly_fields = (
        "to_which",
        "what",
        "state",
        "attempts",
        "next_attempt_at",
        "ended_at",
        "created_at",
        "place",
        "header_id",
    )
    change_form_outer_after_template = "webhooks/delivery_after.html"
    buttons = (
        RecordCommand(
            "replay",
            replay_delivery,
            _("Send again"),
            icon="replay",
            confirm=_(
                "The message is sent again under its former id. A receiver that has it already may leave it out."
            ),
            shown=lambda delivery: delivery.status in ENDED,
            in_row=True,
            in_bulk=True,
        ),
    )

    class Media:
        """The looks of states and logs."""

        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("webhooks/webhooks.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        """Deliveries with the names of their webhooks, without their bodies."""
        rows: QuerySet[WebhookDelivery] = super().get_queryset(request)
        return rows.select_related("webhook").defer("payload")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The delivery; below it each request and the body."""
        delivery = self.get_object(request, object_id) if object_id else None
        more: dict[str, Any] = {}
        if delivery is not None:
            log = WebhookAttempt.objects.filter(delivery_id=delivery.pk).order_by("number", "pk")
            body = json.dumps(delivery.payload, indent=2, ensure_ascii=False, sort_keys=True)
            more = {"log": list(log), "body": body}
        return super().changeform_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One delivery, with the name of its organization."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            labels = labels_of(request)
            labels.fetch([(ORGANIZATION, found.organization_id)])
            found.shown_place = labels.link(ORGANIZATION, found.organization_id)
        return found

    @admin.display(description=_("when"))
    def made_at(self, delivery: WebhookDelivery) -> Any:
        """When the event was noted."""
        return delivery.created_at

    @admin.display(description=_("webhook"))
    def to_which(self, delivery: WebhookDelivery) -> str:
        """The webhook, as a link while it is there."""
        webhook: Webhook = delivery.webhook
        if webhook.deleted_at is not None:
            return webhook.name
        address = reverse("admin:webhooks_webhook_change", args=[webhook.pk])
        return format_html('<a href="{}" class="text-link">{}</a>', address, webhook.name)

    @admin.display(description=_("event"))
    def what(self, delivery: WebhookDelivery) -> str:
        """The event in words, and its name."""
        words = event_label(delivery.event_type)
        return format_html('{} <code class="wh-name">{}</code>', words, delivery.event_type)

    @admin.display(description=_("status"))
    def state(self, delivery: WebhookDelivery) -> str:
        """The status as a badge, with its reason."""
        return render_to_string("webhooks/state.html", {"delivery": delivery, "with_reason": True})

    @admin.display(description=_("organization"))
    def place(self, delivery: Any) -> Any:
        """Where it happened."""
        return delivery.shown_place or "—"

    @admin.display(description="webhook-id")
    def header_id(self, delivery: WebhookDelivery) -> str:
        """The same for each try."""
        return format_html("<code>{}</code>", delivery.message_id)
