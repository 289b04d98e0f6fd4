"""Back office pages of webhooks: what is sent where, how that fares, secrets, tests and sending again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.handing_out import handing_out
from apps.kernel.admin.issuing import ONCE, SECRET, IssuingPage
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.registration import register
from apps.kernel.registry.naming import ORGANIZATION
from apps.webhooks.admin.forms import GraceFields, NewWebhookForm, RangeFields, WebhookForm
from apps.webhooks.admin.handing_out import TEST_NOW
from apps.webhooks.features import MANAGE, VIEW
from apps.webhooks.models import Webhook, WebhookDelivery, WebhookHealth
from apps.webhooks.selectors import event_label, health_of, last_deliveries, secret_dates
from apps.webhooks.services import (
    activate_webhook,
    create_webhook,
    deactivate_webhook,
    delete_webhook,
    replay_range,
    rotate_secret,
    update_webhook,
)

SHOWN_DELIVERIES = 10
MOST_NAMES = 2
SENDING = ("event_patterns", "custom_headers")
SENDING_SHOWN = ("all_events", "header_names")
LIMITS = (
    ("max_retries", "timeout_seconds"),
    ("rate_limit_per_minute", "auto_disable_threshold"),
)
PLAIN = ("name", "description", "url", "is_active")
DELIVERY = "admin:webhooks_webhookdelivery_change"


USE = gettext_lazy("The receiver proves each request with it, as the Standard Webhooks specification says.")


@register(Webhook)
class WebhookPage(IssuingPage):
    """Webhooks of the selected organizations and of the tenant."""

    create_command = handing_out(create_webhook)
    update_command = update_webhook
    delete_command = delete_webhook
    view_feature = VIEW
    manage_feature = MANAGE
    form = WebhookForm
    icon = "webhook"
    order = 10
    empty_hint = gettext_lazy("Add a webhook, and what happens here is told to another system as it happens.")
    secret_words = replace(
        SECRET,
        use=USE,
    )
    list_display = ("name", "host", "events", "health", "place")
    list_display_links = ("name",)
    list_filter = ("is_active",)
    search_fields = ("name", "url")
    ordering = ("name",)
    readonly_fields = SENDING_SHOWN
    change_form_outer_after_template = "webhooks/webhook_after.html"
    buttons = (
        RecordCommand(
            "test",
            TEST_NOW,
            gettext_lazy("Send a test"),
            icon="science",
            confirm=gettext_lazy("A test event is sent now, once, and its answer shown. It counts as no failure."),
        ),
        RecordCommand(
            "rotate",
            handing_out(rotate_secret),
            gettext_lazy("New secret"),
            icon="autorenew",
            confirm=gettext_lazy("The webhook gets a new secret, which is shown once."),
            form=GraceFields,
        ),
        RecordCommand(
            "replay",
            replay_range,
            gettext_lazy("Send a period again"),
            icon="history",
            confirm=gettext_lazy("What ended in the period is sent again, each message under its former id."),
            done=gettext_lazy("What ended in the period is on its way."),
            form=RangeFields,
            shown=lambda webhook: webhook.is_active,
        ),
        RecordCommand(
            "activate",
            activate_webhook,
            gettext_lazy("Switch on"),
            icon="toggle_on",
            shown=lambda webhook: not webhook.is_active,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "deactivate",
            deactivate_webhook,
            gettext_lazy("Switch off"),
            icon="toggle_off",
            confirm=gettext_lazy("Nothing more is sent. What happens meanwhile is noted, and can be sent later."),
            shown=lambda webhook: webhook.is_active,
            in_row=True,
            in_bulk=True,
        ),
    )

    class Media:
        """The looks of states and of the picker."""

        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("webhooks/webhooks.css",)}

    def get_form(self, request: HttpRequest, obj: Webhook | None = None, change: bool = False, **kwargs: Any) -> Any:
        """A new webhook is made once for each form."""
        if not change:
            kwargs["form"] = NewWebhookForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        """The form, or for readers what it would hold: values of headers are not for them."""
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        plain = PLAIN if obj else (*PLAIN[:-1], "whole_tenant", PLAIN[-1], ONCE)
        return [
            (None, {"fields": plain}),
            (_("What is sent"), {"fields": SENDING if writes else SENDING_SHOWN}),
            (_("Tries and limits"), {"fields": LIMITS}),
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form; below it the secrets and the newest deliveries."""
        webhook = self.get_object(request, object_id) if object_id else None
        more: dict[str, Any] = {}
        if webhook is not None and request.method == "GET":
            rows = last_deliveries(webhook.pk, SHOWN_DELIVERIES)
            more = {
                "health": health_of([webhook.pk]).get(webhook.pk),
                "secrets": secret_dates(webhook.pk, clock.now()),
                "deliveries": [(row, event_label(row.event_type)) for row in rows],
            }
        return super().changeform_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def followed(self, request: HttpRequest, handed: Any) -> HttpResponse:
        """A test is answered by its delivery, anything else by the page with the secret."""
        if not isinstance(handed, WebhookDelivery):
            return super().followed(request, handed)
        list(messages.get_messages(request))
        if handed.response_status is not None:
            said = _("The receiver answered {status}.").format(status=handed.response_status)
        else:
            said = _("There was no answer: {reason}.").format(reason=handed.reason)
        level = messages.SUCCESS if handed.status == "delivered" else messages.WARNING
        self.message_user(request, said, level)
        return HttpResponseRedirect(reverse(DELIVERY, args=[handed.pk]))

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up for a whole page how its webhooks fare and where they belong."""
        labels = labels_of(request)
        labels.fetch((ORGANIZATION, row.organization_id) for row in rows)
        found = health_of(row.pk for row in rows)
        for row in rows:
            row.shown_health = found.get(row.pk) or WebhookHealth()
            row.shown_place = labels.link(ORGANIZATION, row.organization_id)

    @admin.display(description=gettext_lazy("address"))
    def host(self, webhook: Webhook) -> str:
        """The receiver's host; the rest of the address may be long."""
        return urlsplit(webhook.url).netloc

    @admin.display(description=gettext_lazy("events"))
    def events(self, webhook: Webhook) -> str:
        """The first patterns, and how many more there are."""
        more = len(webhook.event_patterns) - MOST_NAMES
        names = [format_html("<code>{}</code>", item) for item in webhook.event_patterns[:MOST_NAMES]]
        shown = format_html_join(", ", "{}", ((item,) for item in names))
        return format_html("{} +{}", shown, more) if more > 0 else shown

    @admin.display(description=gettext_lazy("state"))
    def health(self, webhook: Any) -> str:
        """Whether it sends, and how that fares."""
        return render_to_string("webhooks/health.html", {"webhook": webhook, "health": webhook.shown_health})

    @admin.display(description=gettext_lazy("organization"))
    def place(self, webhook: Any) -> Any:
        """Whose events it sends."""
        return webhook.shown_place or _("all organizations")

    @admin.display(description=gettext_lazy("events"))
    def all_events(self, webhook: Webhook) -> str:
        """Every pattern, one below the other."""
        return format_html_join("", "<div><code>{}</code></div>", ((item,) for item in webhook.event_patterns))

    @admin.display(description=gettext_lazy("headers of your own"))
    def header_names(self, webhook: Webhook) -> str:
        """Names without values, which may be credentials."""
        return ", ".join(webhook.custom_headers or ()) or "—"
