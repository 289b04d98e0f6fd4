"""The outbox: events that committed with what they tell of, and what became of each for each subscriber."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import TenantModel
from apps.kernel.commands.models import IdentityField, TransactionIdField
from apps.kernel.tenancy.columns import OrganizationColumn


class OutboxEvent(TenantModel):
    """One event. Written by the transaction of its effect; the app role changes only how far it has got.

    `seq` grows with every event, and for one record in the order of its changes, because each waits for the record's
    lock. `xid` is the transaction: with `seq` it is the position on the live stream. `batch_id` is the outermost
    action, which the relay takes as a whole; `is_pending` until it has. `parked_reason` says why an event goes nowhere.
    """

    entity_id = "events.event"
    audited = False
    unaudited_reason = "It is written with the action that it tells of, and never changes."
    app_grants: ClassVar[tuple[str, ...]] = (
        "SELECT",
        "DELETE",
        "INSERT (id, tenant_id, created_at, organization_id, name, payload, entity, record_id, actor_kind, actor_id,"
        " on_behalf_of, correlation_id, action_id, batch_id, causation_id, depth, recipients, is_pending,"
        " parked_reason)",
        "UPDATE (is_pending)",
    )
    updated_at = None  # type: ignore[assignment]  # it happened, once

    organization_id = OrganizationColumn(null=True)
    seq = IdentityField(editable=False)
    xid = TransactionIdField(db_default=models.Func(function="pg_current_xact_id"))
    name = models.TextField(_("event"))
    payload = models.JSONField(_("facts"))
    entity = models.TextField(_("kind of record"))
    record_id = models.UUIDField(_("record"), null=True)
    actor_kind = models.TextField(_("kind of actor"))
    actor_id = models.UUIDField(_("who"), null=True)
    on_behalf_of = models.UUIDField(null=True)
    correlation_id = models.UUIDField()
    action_id = models.UUIDField(_("change"))
    batch_id = models.UUIDField()
    causation_id = models.UUIDField(_("caused by"), null=True)
    depth = models.PositiveSmallIntegerField(_("events before it"))
    recipients = ArrayField(models.UUIDField(), null=True)
    is_pending = models.BooleanField()
    parked_reason = models.TextField(_("goes nowhere because"), default="")

    class Meta:
        db_table = "outbox"
        verbose_name = _("event")
        verbose_name_plural = _("events")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["batch_id"], name="outbox_pending", condition=models.Q(is_pending=True)),
            models.Index(
                fields=["tenant_id", "record_id", "seq"],
                name="outbox_pending_record",
                condition=models.Q(is_pending=True),
            ),
            models.Index(fields=["tenant_id", "xid", "seq"], name="outbox_position"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="outbox_time"),
            models.Index(fields=["tenant_id", "record_id", "seq"], name="outbox_record"),
            models.Index(fields=["tenant_id", "name", "created_at", "id"], name="outbox_name"),
            models.Index(fields=["tenant_id", "correlation_id", "created_at", "id"], name="outbox_correlation"),
            models.Index(
                fields=["tenant_id", "causation_id", "created_at", "id"],
                name="outbox_causation",
                condition=models.Q(causation_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """What happened."""
        return self.name


class DeliveryStatus(models.TextChoices):
    """What became of an event for one subscriber."""

    WAITING = "waiting", _("waiting")
    HELD = "held", _("held behind an earlier one")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")
    SKIPPED = "skipped", _("skipped")


class Delivery(TenantModel):
    """One event for one persistent subscriber.

    `chunk_id` is the row of work that runs it, with others of the same subscriber or alone. `order_key` is the record
    whose events this subscriber takes one after the other, None where order does not matter.
    """

    entity_id = "events.delivery"
    audited = False
    unaudited_reason = "It moves with every try; what operators decide about it is a command of its own."

    organization_id = OrganizationColumn(null=True)
    event = TenantForeignKey(OutboxEvent, related_name="deliveries", verbose_name=_("event"))
    subscriber = models.TextField(_("subscriber"))
    seq = models.BigIntegerField()
    chunk_id = models.UUIDField()
    order_key = models.UUIDField(null=True)
    status = models.TextField(_("status"), choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True)
    last_error = models.TextField(_("last error"), default="")
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        db_table = "event_delivery"
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "event", "subscriber"], name="event_delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["chunk_id"], name="event_delivery_chunk", condition=models.Q(status="waiting")),
            models.Index(
                fields=["tenant_id", "subscriber", "order_key", "seq"],
                name="event_delivery_order",
                condition=models.Q(order_key__isnull=False) & ~models.Q(status__in=["delivered", "skipped"]),
            ),
            models.Index(fields=["tenant_id", "created_at", "id"], name="event_delivery_time"),
            models.Index(fields=["tenant_id", "status", "created_at", "id"], name="event_delivery_status"),
            models.Index(fields=["tenant_id", "subscriber", "created_at", "id"], name="event_delivery_subscriber"),
        ]

    def __str__(self) -> str:
        """Which subscriber, and how it stands."""
        return f"{self.subscriber} ({self.status})"
