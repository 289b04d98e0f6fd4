"""The one identity that people and companies share, and the columns that both have."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, ObjectAccess, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.references.fields import OnDeletion, ReferenceField


class CustomerKind(models.TextChoices):
    """What a customer is."""

    PERSON = "person", _("person")
    COMPANY = "company", _("company")


class Customer(SoftDelete, OrganizationModel):
    """Whoever the organization deals with, under one id, whether a person or a company.

    The row of the person or company has the same id. What belongs to either (ways to reach them, addresses, tags)
    and documents of other modules point here. `name` and `deleted_at` follow that row; `merged_into_id` is the
    customer that took this one's place. `name_key` is the name as customers are compared by it: its words in small
    plain letters and in order, of a company without its legal form; `name_trigrams` are its trigrams, as numbers that
    another tenant's are not. The database makes both, so that no way of writing leaves them behind.
    """

    entity_id = "customers.customer"

    kind = models.CharField(_("kind"), max_length=7, choices=CustomerKind, editable=False)
    name = models.CharField(_("name"), max_length=200, editable=False)
    merged_into_id = models.UUIDField(_("merged into"), null=True, editable=False)
    name_key = models.GeneratedField(
        expression=models.Func("name", "kind", function="customer_name_key"),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_trigrams = models.GeneratedField(
        expression=models.Func("tenant_id", "name", "kind", function="customer_name_trigrams"),
        output_field=ArrayField(models.IntegerField()),
        db_persist=True,
    )

    class Meta:
        db_table = "customer"
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="customer_name"),
            models.Index(fields=["tenant_id", "organization_id"], name="customer_organization"),
            models.Index(fields=["tenant_id", "name_key", "id"], condition=SoftDelete.ALIVE, name="customer_same_name"),
            GinIndex(
                fields=["name_trigrams"], condition=SoftDelete.ALIVE, name="customer_name_trigrams", fastupdate=False
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class CustomerRecord(CustomFields, Versioned, SoftDelete, ObjectAccess, OrganizationModel):
    """What a person and a company have in common.

    `display_name` is made of the names until somebody gives one. The dictionaries of the four values below are the
    module's own; `owner_id` is the user who looks after the customer.
    """

    kind: ClassVar[CustomerKind]
    customer_id: UUID

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="+", editable=False)
    display_name = models.CharField(_("display name"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True, default="", max_length=4000)
    owner_id = ReferenceField(
        "auth.user", null=True, blank=True, on_deletion=OnDeletion.CLEAR, verbose_name=_("looked after by")
    )
    status_id = ReferenceField(
        "dictionaries.entry", within="customers.status", null=True, blank=True, verbose_name=_("status")
    )
    lifecycle_stage_id = ReferenceField(
        "dictionaries.entry",
        within="customers.lifecycle_stage",
        null=True,
        blank=True,
        verbose_name=_("lifecycle stage"),
    )
    source_id = ReferenceField(
        "dictionaries.entry", within="customers.source", null=True, blank=True, verbose_name=_("source")
    )
    temperature_id = ReferenceField(
        "dictionaries.entry", within="customers.temperature", null=True, blank=True, verbose_name=_("temperature")
    )

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        """Its display name."""
        return self.display_name


def record_indexes(table: str) -> list[models.Index]:
    """Indexes of the columns that lists of both kinds are sorted and filtered by."""
    sorted_by = [
        models.Index(fields=["tenant_id", name, "id"], name=f"{table}_{short}")
        for name, short in (("display_name", "name"), ("created_at", "created"), ("updated_at", "changed"))
    ]
    chosen = [
        models.Index(fields=["tenant_id", name], name=f"{table}_{short}")
        for name, short in (
            ("owner_id", "owner"),
            ("status_id", "status"),
            ("lifecycle_stage_id", "stage"),
            ("source_id", "source"),
            ("temperature_id", "warmth"),
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            ("organization_id", "organization"),
        )
    ]
    return [*sorted_by, *chosen, restricted_index(table)]


def restricted_index(table: str) -> models.Index:
    """An index of the few rows that not everybody sees: whatever is about such rows asks for them."""
    return models.Index(fields=["tenant_id", "id"], condition=models.Q(is_restricted=True), name=f"{table}_restricted")
