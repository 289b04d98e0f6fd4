"""Reminders of an organization, and what the desk thinks of currencies of another module."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.example.contracts import Attitude
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel, TenantModel
from apps.kernel.references.fields import OnDeletion, ReferenceField

ATTITUDES = [
    (Attitude.OPEN.value, _("Without limits")),
    (Attitude.CAREFUL.value, _("Careful")),
    (Attitude.CLOSED.value, _("Closed")),
]


class Reminder(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """Something not to forget, about a currency or none."""

    entity_id = "example.reminder"

    title = models.CharField(_("title"), max_length=200)
    # Kept when the currency goes: a reminder is still one without it.
    currency_id = ReferenceField(
        "currencies.currency", on_deletion=OnDeletion.CLEAR, verbose_name=_("currency"), null=True, blank=True
    )
    is_done = models.BooleanField(_("done"), default=False)

    class Meta:
        db_table = "example_reminder"
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "title", "id"], name="example_reminder_title"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="example_reminder_created"),
            models.Index(fields=["tenant_id", "currency_id"], name="example_reminder_currency_id"),
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            models.Index(fields=["tenant_id", "organization_id"], name="example_reminder_organization"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class CurrencyStance(TenantModel):
    """Further facts about a currency: an entity extension, so it has no name and no pages of its own."""

    # Goes with the currency, and comes back with it.
    currency_id = ReferenceField("currencies.currency", on_deletion=OnDeletion.DELETE, verbose_name=_("currency"))
    attitude = models.CharField(_("stance"), max_length=10, choices=ATTITUDES, default=Attitude.OPEN.value)
    ceiling = models.DecimalField(_("ceiling"), max_digits=19, decimal_places=4, null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True, default="")

    class Meta:
        db_table = "example_currency_stance"
        verbose_name = _("stance")
        verbose_name_plural = _("stances")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "currency_id"], name="example_currency_stance_once")
        ]

    def __str__(self) -> str:
        """What is thought of the currency."""
        return self.attitude
