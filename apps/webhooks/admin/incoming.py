"""Back office pages of incoming webhooks: endpoints, and the messages that came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.handing_out import handing_out
from apps.kernel.admin.issuing import ONCE, SECRET, IssuingPage
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.webhooks.admin.forms import EndpointForm, EndpointSecretFields, NewEndpointForm
from apps.webhooks.contracts import ADAPTERS
from apps.webhooks.features import MANAGE, VIEW
from apps.webhooks.models import InboundEndpoint, InboundReceipt, ReceiptStatus
from apps.webhooks.services import (
    create_endpoint,
    delete_endpoint,
    reprocess_receipt,
    rotate_endpoint_secret,
    update_endpoint,
)

NEW = ("name", "description", "adapter", "secret", "is_active", ONCE)
OLD = ("name", "description", "kind", "is_active", "full_address")
LONGEST_SHOWN = 20_000


USE = gettext_lazy("The sender signs each message with it, and posts to this address:")


@register(InboundEndpoint)
class EndpointPage(IssuingPage):
    """Endpoints of the selected organizations."""

    create_command = handing_out(create_endpoint)
    update_command = update_endpoint
    delete_command = delete_endpoint
    view_feature = VIEW
    manage_feature = MANAGE
    form = EndpointForm
    icon = "input"
    order = 30
    empty_hint = gettext_lazy("Add an endpoint for each system that is to send messages here.")
    secret_words = replace(SECRET, use=USE)
    list_display = ("name", "kind", "is_active", "organization_id")
    list_display_links = ("name",)
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)
    readonly_fields = ("kind", "full_address")
    buttons = (
        RecordCommand(
            "rotate",
            handing_out(rotate_endpoint_secret),
            gettext_lazy("New secret"),
            icon="autorenew",
            confirm=gettext_lazy("The endpoint gets another secret, which is shown once."),
            form=EndpointSecretFields,
        ),
    )

    def get_form(
        self, request: HttpRequest, obj: InboundEndpoint | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A new endpoint is made once for each form."""
        if not change:
            kwargs["form"] = NewEndpointForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: InboundEndpoint | None = None) -> Any:
        """The kind of sender is chosen once."""
        return [(None, {"fields": OLD if obj else NEW})]

    def example_of(self, record: InboundEndpoint) -> str:
        """Where senders post to."""
        return f"{settings.AGORA_BASE_URL.rstrip('/')}{reverse('webhooks.inbound', args=[record.pk])}"

    @admin.display(description=gettext_lazy("kind of sender"))
    def kind(self, endpoint: InboundEndpoint) -> str:
        """The adapter in words, its id where no installed module has it."""
        found = ADAPTERS.get(endpoint.adapter)
        return str(found.label) if found else endpoint.adapter

    @admin.display(description=gettext_lazy("address"))
    def full_address(self, endpoint: InboundEndpoint) -> str:
        """Where senders post to."""
        return format_html('<code class="wh-name">{}</code>', self.example_of(endpoint))


@register(InboundReceipt)
class ReceiptPage(CommandAdmin):
    """What came in, newest first."""

    view_feature = VIEW
    manage_feature = MANAGE
    icon = "move_to_inbox"
    order = 40
    empty_hint = gettext_lazy("Each message that was proved leaves a line here, and waits here if it was given up.")
    list_display = ("made_at", "to_which", "event_type", "message_id", "state")
    list_display_links = ("made_at",)
    list_filter = ("status", "created_at")
    sortable_by: ClassVar[tuple[str, ...]] = ()
    ordering = ("-created_at", "-id")
    fields = (
        ("to_which", "event_type"),
        ("state", "attempts"),
        ("created_at", "ended_at"),
        ("message_id", "size"),
        "last_error",
        "text",
    )
    readonly_fields = (
        "to_which",
        "event_type",
        "state",
        "attempts",
        "created_at",
        "ended_at",
        "message_id",
        "size",
        "last_error",
        "text",
    )
    buttons = (
        RecordCommand(
            "reprocess",
            reprocess_receipt,
            gettext_lazy("Process again"),
            icon="replay",
            confirm=gettext_lazy("The message is processed again, from the first try."),
            shown=lambda receipt: receipt.status == ReceiptStatus.DEAD,
            in_row=True,
            in_bulk=True,
        ),
    )

    class Media:
        """The looks of states."""

        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("webhooks/webhooks.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundReceipt]:
        """Messages with the names of their endpoints, without their bodies."""
        rows: QuerySet[InboundReceipt] = super().get_queryset(request)
        return rows.select_related("endpoint").defer("body", "headers", "endpoint__secret", "endpoint__former_secret")

    @admin.display(description=gettext_lazy("when"))
    def made_at(self, receipt: InboundReceipt) -> Any:
        """When it came."""
        return receipt.created_at

    @admin.display(description=gettext_lazy("endpoint"))
    def to_which(self, receipt: InboundReceipt) -> str:
        """The endpoint."""
        return str(receipt.endpoint.name)

    @admin.display(description=gettext_lazy("status"))
    def state(self, receipt: InboundReceipt) -> str:
        """The status as a badge."""
        return render_to_string("webhooks/receipt_state.html", {"receipt": receipt})

    @admin.display(description=gettext_lazy("body"))
    def text(self, receipt: InboundReceipt) -> str:
        """The bytes as text, the beginning of a long one."""
        body = (receipt.body or "").encode("latin-1").decode(errors="replace")
        more = _("… and more") if len(body) > LONGEST_SHOWN else ""
        return format_html('<pre class="wh-body" tabindex="0">{}{}</pre>', body[:LONGEST_SHOWN], more)
