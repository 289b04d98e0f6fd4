"""Endpoints that other systems send messages to, and the messages that came."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.crypto.fields import EncryptedJSONField, EncryptedTextField

HANDLE: Final = "webhook_endpoint"  # its kind in the index that finds the tenant of an address


class InboundEndpoint(Versioned, SoftDelete, OrganizationModel):
    """An address that one sender posts to. `adapter` says how its messages are proved and what is done with them.

    After a change of the secret the former one is good until `former_until`.
    """

    entity_id = "webhooks.endpoint"

    name = models.CharField(_("name"), max_length=255)
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    adapter = models.CharField(_("kind of sender"), max_length=100)
    is_active = models.BooleanField(_("active"), default=True)
    secret = EncryptedTextField(_("secret"))
    former_secret = EncryptedTextField(_("former secret"), null=True, editable=False)
    former_until = models.DateTimeField(_("former secret good until"), null=True, editable=False)

    class Meta:
        db_table = "webhook_endpoint"
        verbose_name = _("incoming webhook")
        verbose_name_plural = _("incoming webhooks")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="webhook_endpoint_name"),
            models.Index(fields=["tenant_id", "organization_id"], name="webhook_endpoint_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ReceiptStatus(models.TextChoices):
    """Where a message stands. `dead` waits for a decision."""

    RECEIVED = "received", _("waiting")
    PROCESSED = "processed", _("processed")
    DEAD = "dead", _("given up")


class InboundReceipt(OrganizationModel):
    """A verified message. `body` holds its bytes, one character each (Latin-1); they are encrypted and go with time."""

    entity_id = "webhooks.receipt"
    audited = False
    unaudited_reason = "It is itself the record of what came in; processing again is a command and in the history."

    endpoint = TenantForeignKey(
        InboundEndpoint, related_name="receipts", on_delete=models.PROTECT, verbose_name=_("endpoint")
    )
    message_id = models.CharField(_("message id"), max_length=255)
    event_type = models.CharField(_("kind of event"), max_length=255, blank=True, default="")
    headers = EncryptedJSONField(_("headers"), null=True)
    body = EncryptedTextField(_("body"), null=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    status = models.CharField(_("status"), max_length=9, choices=ReceiptStatus, default=ReceiptStatus.RECEIVED)
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    last_error = models.TextField(_("last error"), blank=True, default="")
    next_attempt_at = models.DateTimeField(_("next try"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        db_table = "webhook_receipt"
        verbose_name = _("incoming message")
        verbose_name_plural = _("incoming messages")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "endpoint", "message_id"], name="webhook_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=ReceiptStatus.values), name="webhook_receipt_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="webhook_receipt_time"),
            models.Index(fields=["tenant_id", "endpoint", "created_at", "id"], name="webhook_receipt_endpoint"),
            models.Index(fields=["tenant_id", "status", "created_at", "id"], name="webhook_receipt_status"),
        ]

    def __str__(self) -> str:
        """The sender's id for it."""
        return self.message_id
