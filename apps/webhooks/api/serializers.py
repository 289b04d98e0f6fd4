"""Shapes of webhooks, what they sent and what came in. Secrets stand beside a new record, once, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictMomentField,
    StrictSerializer,
    StrictUUIDField,
)
from apps.kernel.tenancy.scope import current_scope
from apps.webhooks.calculations.headers import MOST as MOST_HEADERS
from apps.webhooks.contracts import ADAPTERS
from apps.webhooks.features import MANAGE
from apps.webhooks.models import (
    ENDED,
    InboundEndpoint,
    InboundReceipt,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookHealth,
)
from apps.webhooks.selectors import health_of
from apps.webhooks.services.checks import LONGEST_PATTERN, MOST_PATTERNS
from apps.webhooks.services.secrets import LONGEST_GRACE

MOST_IDS = 200
HIDDEN = "•••"


class HeadersField(serializers.DictField):
    """Headers by name. Who may not change the webhook sees names only: values may be credentials."""

    child = StrictCharField(max_length=4096, allow_blank=True, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The headers. Raises ValidationError for too many."""
        found: dict[str, str] = super().to_internal_value(data)
        if len(found) > MOST_HEADERS:
            raise serializers.ValidationError(_("Give at most {most} headers.").format(most=MOST_HEADERS))
        return found

    def to_representation(self, value: Mapping[str, str]) -> dict[str, str]:
        """The headers, with values for those who may change them."""
        is_open = current_scope().actor.access.allows(MANAGE)
        return {name: text if is_open else HIDDEN for name, text in (value or {}).items()}


class WebhookHealthAnswer(serializers.Serializer[Any]):
    """How a webhook fares: failures in a row, counted since its last success or since it was switched on."""

    consecutive_failures = serializers.IntegerField()
    last_success_at = serializers.DateTimeField(allow_null=True)
    last_failure_at = serializers.DateTimeField(allow_null=True)


class WebhookSerializer(StrictModelSerializer):
    """One webhook. `organization_id` null: it sends the events of all organizations and of the tenant itself."""

    event_patterns = serializers.ListField(
        child=StrictCharField(max_length=LONGEST_PATTERN), max_length=MOST_PATTERNS, min_length=1
    )
    max_retries = StrictIntegerField(required=False, min_value=0, max_value=30)
    timeout_seconds = StrictIntegerField(required=False, min_value=1, max_value=60)
    rate_limit_per_minute = StrictIntegerField(required=False, min_value=0, max_value=10_000)
    auto_disable_threshold = StrictIntegerField(required=False, min_value=0, max_value=1_000)
    health = serializers.SerializerMethodField()
    _healths: dict[UUID, WebhookHealth] | None = None

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "name",
            "description",
            "url",
            "event_patterns",
            "is_active",
            "disabled_reason",
            "max_retries",
            "timeout_seconds",
            "rate_limit_per_minute",
            "auto_disable_threshold",
            "health",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields: tuple[str, ...] = ("disabled_reason",)

    @extend_schema_field(WebhookHealthAnswer)
    def get_health(self, webhook: Webhook) -> dict[str, Any]:
        """How it fares; a whole page is read in one query."""
        if self._healths is None:
            shown = self.parent.instance if isinstance(self.parent, serializers.ListSerializer) else [webhook]
            self._healths = health_of(item.pk for item in shown or ())
        return dict(WebhookHealthAnswer(self._healths.get(webhook.pk) or WebhookHealth()).data)


class WebhookDetailSerializer(WebhookSerializer):
    """One webhook with its headers."""

    custom_headers = HeadersField(required=False)

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "custom_headers")


class NewWebhookSerializer(WebhookDetailSerializer):
    """A new webhook; `whole_tenant` has it send the events of all organizations."""

    whole_tenant = StrictBooleanField(required=False, write_only=True)

    class Meta(WebhookDetailSerializer.Meta):
        fields = (*WebhookDetailSerializer.Meta.fields, "whole_tenant")


class IssuedWebhookSerializer(WebhookDetailSerializer):
    """A webhook and its new secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookDetailSerializer.Meta):
        fields = (*WebhookDetailSerializer.Meta.fields, "secret")
        read_only_fields = fields


class SecretRotationSerializer(StrictSerializer):
    """For how many hours requests are signed with the former secret as well."""

    grace_hours = StrictIntegerField(required=False, min_value=0, max_value=LONGEST_GRACE)


class AttemptAnswer(StrictModelSerializer):
    """One request of a delivery; `response_body` is the beginning of the answer."""

    class Meta:
        model = WebhookAttempt
        ref_name = "WebhookAttempt"
        fields = (
            "number",
            "started_at",
            "duration_ms",
            "status_code",
            "error",
            "response_headers",
            "response_body",
        )
        read_only_fields = fields


class WebhookDeliverySerializer(StrictModelSerializer):
    """One event for one webhook, and what became of it."""

    webhook_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "webhook_id",
            "event_id",
            "event_type",
            "status",
            "reason",
            "attempts",
            "most_attempts",
            "response_status",
            "next_attempt_at",
            "ended_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class WebhookDeliveryDetailSerializer(WebhookDeliverySerializer):
    """One delivery with its body, its `webhook-id` and the log of its requests."""

    message_id = serializers.CharField(read_only=True)
    payload = serializers.DictField(read_only=True)
    log = serializers.SerializerMethodField()

    class Meta(WebhookDeliverySerializer.Meta):
        fields = (*WebhookDeliverySerializer.Meta.fields, "message_id", "payload", "log")
        read_only_fields = fields

    @extend_schema_field(AttemptAnswer(many=True))
    def get_log(self, delivery: WebhookDelivery) -> list[dict[str, Any]]:
        """The requests, the first one first."""
        rows = WebhookAttempt.objects.filter(delivery_id=delivery.pk).order_by("number", "pk")
        return [dict(item) for item in AttemptAnswer(rows, many=True).data]


class DeliveryIdsSerializer(StrictSerializer):
    """Deliveries to send again."""

    ids = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=MOST_IDS)


class ReplayedDeliveriesAnswer(serializers.Serializer[Any]):
    """The deliveries that are sent again."""

    results = WebhookDeliverySerializer(many=True)


class ReplayRangeSerializer(StrictSerializer):
    """Which deliveries are sent again: `start` counts, `end` does not; `statuses` left out is all that ended."""

    start = StrictMomentField()
    end = StrictMomentField()
    statuses = serializers.ListField(
        child=serializers.ChoiceField(choices=[item.value for item in ENDED]), required=False
    )
    dry_run = StrictBooleanField(required=False, default=False)


class ReplayRangeAnswer(serializers.Serializer[Any]):
    """How many deliveries are sent again; of a rehearsal, how many the range holds, 1,001 for more."""

    count = serializers.IntegerField()
    dry_run = serializers.BooleanField()


class JobAnswer(serializers.Serializer[Any]):
    """The job that goes on behind the answer."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()

    class Meta:
        ref_name = "WebhookJob"


class OfferedSerializer(serializers.Serializer[Any]):
    """An event that webhooks can send."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # also the name of an option of every field
    module = serializers.CharField()


class OfferedAnswer(serializers.Serializer[Any]):
    """All of them: the list has one page."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OfferedSerializer(many=True)


class EndpointSerializer(StrictModelSerializer):
    """One endpoint for incoming messages; senders post to `address`."""

    adapter = serializers.ChoiceField(choices=sorted(ADAPTERS), required=False)
    address = serializers.SerializerMethodField()

    class Meta:
        model = InboundEndpoint
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "name",
            "description",
            "adapter",
            "is_active",
            "address",
            "version",
            "created_at",
            "updated_at",
        )

    def get_address(self, endpoint: InboundEndpoint) -> str:
        """Where senders post to, below the address of this installation."""
        return str(reverse("webhooks.inbound", args=[endpoint.pk]))


class NewEndpointSerializer(EndpointSerializer):
    """A new endpoint; `secret` left out, the kind of sender makes one."""

    secret = StrictCharField(required=False, write_only=True, max_length=1000)

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")


class IssuedEndpointSerializer(EndpointSerializer):
    """An endpoint and its secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")
        read_only_fields = fields


class EndpointRotationSerializer(SecretRotationSerializer):
    """Another secret, made where none is given."""

    secret = StrictCharField(required=False, max_length=1000)


class ReceiptSerializer(StrictModelSerializer):
    """One message that came in; `status=dead` waits for a decision."""

    endpoint_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = InboundReceipt
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "endpoint_id",
            "message_id",
            "event_type",
            "size",
            "status",
            "attempts",
            "last_error",
            "next_attempt_at",
            "ended_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class ReceiptDetailSerializer(ReceiptSerializer):
    """One message with its headers and its body, as text."""

    headers = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()

    class Meta(ReceiptSerializer.Meta):
        fields = (*ReceiptSerializer.Meta.fields, "headers", "body")
        read_only_fields = fields

    def get_headers(self, receipt: InboundReceipt) -> dict[str, str]:
        """Headers by name, in lower case."""
        return dict(receipt.headers or {})

    def get_body(self, receipt: InboundReceipt) -> str:
        """The bytes as UTF-8; what is none of it is replaced."""
        return (receipt.body or "").encode("latin-1").decode(errors="replace")


class InboundAnswer(serializers.Serializer[Any]):
    """The message is stored and will be processed; `duplicate`: it was stored before."""

    duplicate = serializers.BooleanField()
