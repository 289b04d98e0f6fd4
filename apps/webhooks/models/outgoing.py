"""Webhooks, and the ledger of what they sent."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedJSONField, EncryptedTextField
from apps.webhooks.models.reach import ReachColumn, ReachManager

LONGEST_URL: Final = 2000


class DisabledReason(models.TextChoices):
    """Why the house itself switched a webhook off."""

    FAILURES = "failures", _("too many failures in a row")
    GONE = "gone", _("the receiver answered 410 Gone")


class Webhook(CustomFields, Versioned, SoftDelete, TenantModel):
    """Where events are sent, and which.

    One with an organization sends that organization's events; one without sends those of all organizations and of the
    tenant itself. So an event goes to each webhook at most once, and one of no organization to the latter only.
    `rate_limit_per_minute` and `auto_disable_threshold` are off at 0.
    """

    entity_id = "webhooks.webhook"

    organization_id = ReachColumn(verbose_name=_("organization"), null=True)
    name = models.CharField(_("name"), max_length=255)
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    event_patterns = ArrayField(models.TextField(), verbose_name=_("events"))
    custom_headers = EncryptedJSONField(_("headers"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    disabled_reason = models.CharField(
        _("switched off because"), max_length=10, choices=DisabledReason.choices, blank=True, default="", editable=False
    )
    max_retries = models.PositiveSmallIntegerField(_("tries after the first"), default=10)
    timeout_seconds = models.PositiveSmallIntegerField(_("time limit in seconds"), default=15)
    rate_limit_per_minute = models.PositiveIntegerField(_("requests a minute at most"), default=0)
    auto_disable_threshold = models.PositiveIntegerField(_("failures in a row before it is switched off"), default=100)

    objects: ClassVar[ReachManager[Any]] = ReachManager()

    class Meta:
        db_table = "webhook"
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(event_patterns__len__gt=0), name="webhook_has_events"),
            models.CheckConstraint(condition=models.Q(max_retries__lte=30), name="webhook_retries_limit"),
            models.CheckConstraint(
                condition=models.Q(timeout_seconds__gte=1, timeout_seconds__lte=60), name="webhook_timeout_limits"
            ),
            models.CheckConstraint(condition=models.Q(rate_limit_per_minute__lte=10_000), name="webhook_rate_limit"),
            models.CheckConstraint(
                condition=models.Q(auto_disable_threshold__lte=1_000), name="webhook_threshold_limit"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="webhook_name"),
            models.Index(
                fields=["tenant_id", "organization_id"],
                name="webhook_living",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class WebhookSecret(TenantModel):
    """A secret that a webhook signs with (`whsec_…`). `expires_at` None is the newest; a former one ends then."""

    webhook = TenantForeignKey(Webhook, related_name="secrets", on_delete=models.CASCADE)
    secret = EncryptedTextField(_("secret"))
    expires_at = models.DateTimeField(_("good until"), null=True)

    class Meta:
        db_table = "webhook_secret"
        verbose_name = _("secret of a webhook")
        verbose_name_plural = _("secrets of webhooks")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "webhook"],
                condition=models.Q(expires_at__isnull=True),
                name="webhook_secret_newest_once",
            )
        ]

    def __str__(self) -> str:
        """Its id; what it is stays secret."""
        return str(self.pk)


class WebhookHealth(TenantModel):
    """How a webhook fares. `free_at` and `queue_at` pace its requests: `calculations.pacing.Pace`."""

    audited = False
    unaudited_reason = "Counters that move with every request; what the house decides by them is a command."

    webhook = TenantForeignKey(Webhook, related_name="+", on_delete=models.CASCADE)
    consecutive_failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    last_success_at = models.DateTimeField(_("last success"), null=True)
    last_failure_at = models.DateTimeField(_("last failure"), null=True)
    free_at = models.DateTimeField(null=True)
    queue_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_health"
        verbose_name = _("health of a webhook")
        verbose_name_plural = _("health of webhooks")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "webhook"], name="webhook_health_once")]

    def __str__(self) -> str:
        """How many failures in a row."""
        return str(self.consecutive_failures)


class DeliveryStatus(models.TextChoices):
    """What became of an event for one webhook."""

    PENDING = "pending", _("waiting")
    SENDING = "sending", _("being sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("refused")
    EXHAUSTED = "exhausted", _("given up")
    SKIPPED = "skipped", _("skipped")


ENDED: Final = (
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.EXHAUSTED,
    DeliveryStatus.SKIPPED,
)
REPEATABLE: Final = (DeliveryStatus.FAILED, DeliveryStatus.EXHAUSTED, DeliveryStatus.SKIPPED)


class WebhookDelivery(TenantModel):
    """One event for one webhook. `organization_id` is the event's.

    `payload` is the body as it is sent, the same in each try. `reason` says why it ended without success or waits: a
    status, a reason of the outbound client, or `inactive`, `deleted`, `too_large`, `lost`. `attempts` counts tries for
    ever, `most_attempts` is where they end for now. `promised_at` is the turn that it was given where the webhook has
    a limit.
    """

    entity_id = "webhooks.delivery"
    audited = False
    unaudited_reason = "The row is itself the record of what was sent; sending again is a command and in the history."

    organization_id = ReachColumn(verbose_name=_("organization"), null=True)
    webhook = TenantForeignKey(Webhook, related_name="deliveries", on_delete=models.PROTECT, verbose_name=_("webhook"))
    event_id = models.UUIDField(_("event"))
    event_type = models.TextField(_("kind of event"))
    payload = models.JSONField(_("body"))
    status = models.CharField(_("status"), max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    reason = models.TextField(_("reason"), blank=True, default="")
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    most_attempts = models.PositiveIntegerField(_("tries at most"), default=1)
    response_status = models.PositiveSmallIntegerField(_("last answer"), null=True)
    next_attempt_at = models.DateTimeField(_("next try"), null=True)
    promised_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[ReachManager[Any]] = ReachManager()

    class Meta:
        db_table = "webhook_delivery"
        verbose_name = _("delivery of a webhook")
        verbose_name_plural = _("deliveries of webhooks")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "event_id", "webhook"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=DeliveryStatus.values), name="webhook_delivery_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="webhook_delivery_time"),
            models.Index(fields=["tenant_id", "webhook", "created_at", "id"], name="webhook_delivery_webhook"),
            models.Index(fields=["tenant_id", "status", "created_at", "id"], name="webhook_delivery_status"),
        ]

    def __str__(self) -> str:
        """What happened."""
        return self.event_type

    @property
    def message_id(self) -> str:
        """The header `webhook-id`: receivers know by it which requests are one message."""
        return f"msg_{self.pk.hex}"


class WebhookAttempt(TenantModel):
    """One request. `response_body` holds the first 4,096 characters of the answer, `error` why there was none."""

    audited = False
    unaudited_reason = "A log of requests, written with the delivery that it belongs to."

    delivery = TenantForeignKey(WebhookDelivery, related_name="log", on_delete=models.CASCADE)
    number = models.PositiveIntegerField(_("try"))
    started_at = models.DateTimeField(_("started"))
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True)
    status_code = models.PositiveSmallIntegerField(_("status"), null=True)
    error = models.TextField(_("error"), blank=True, default="")
    response_headers = models.JSONField(_("headers of the answer"), default=dict)
    response_body = models.TextField(_("answer"), blank=True, default="")

    class Meta:
        db_table = "webhook_attempt"
        verbose_name = _("try of a webhook")
        verbose_name_plural = _("tries of webhooks")
        base_manager_name = "objects"
        indexes: ClassVar = [models.Index(fields=["tenant_id", "delivery", "number"], name="webhook_attempt_delivery")]

    def __str__(self) -> str:
        """Its number, and how it ended."""
        return f"{self.number}: {self.status_code or self.error}"
