"""The ledger of consents: what a person has agreed to, and withdrawn. Rows are added and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_PEOPLE
from apps.customers.models.identity import Customer
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.crypto.fields import EncryptedTextField
from apps.kernel.references.fields import ReferenceField


class ConsentChannel(models.TextChoices):
    """By what a person may be addressed."""

    ANY = "any", _("any way")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    MESSAGE = "message", _("text message")
    POST = "post", _("post")


class ConsentState(models.TextChoices):
    """What the person has said."""

    GIVEN = "given", _("given")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Consent(OrganizationModel):
    """A person has given or withdrawn a consent. The newest row for a purpose and a channel says what holds.

    `at` is when the person said so, `source` where (a form, a call), `evidence` what proves it, word for word.
    `recorded_by` is the actor who wrote it down. A trigger (`KEEP_CONSENTS`) lets rows point to what another customer
    or purpose was merged into, and refuses every other change.
    """

    entity_id = "customers.consent"
    view_feature: ClassVar[str] = VIEW_PEOPLE
    customer_id: UUID
    updated_at = None  # type: ignore[assignment]  # a row never changes

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="consents", verbose_name=_("person"))
    purpose_id = ReferenceField("dictionaries.entry", within="customers.consent_purpose", verbose_name=_("purpose"))
    channel = models.CharField(_("channel"), max_length=7, choices=ConsentChannel, default=ConsentChannel.ANY)
    state = models.CharField(_("state"), max_length=9, choices=ConsentState)
    at = models.DateTimeField(_("when"))
    source = models.CharField(_("where"), max_length=200, blank=True, default="")
    evidence = EncryptedTextField(_("evidence"), max_length=4000, blank=True, default="")
    recorded_by = models.UUIDField(null=True, editable=False)
    recorded_by_label = models.CharField(_("written down by"), max_length=255, editable=False)

    class Meta:
        db_table = "consent"
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ConsentState.values), name="consent_state_known"),
            models.CheckConstraint(condition=models.Q(channel__in=ConsentChannel.values), name="consent_channel_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "customer", "at", "id"], name="consent_customer"),
            models.Index(fields=["tenant_id", "at", "id"], name="consent_time"),
            models.Index(fields=["tenant_id", "purpose_id", "at", "id"], name="consent_purpose"),
        ]

    def __str__(self) -> str:
        """What was said, and by which way."""
        return f"{self.get_state_display()} ({self.get_channel_display()})"

    @property
    def order(self) -> tuple[datetime, UUID]:
        """What makes one row newer than another."""
        return self.at, self.pk
