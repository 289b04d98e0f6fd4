"""Customers that look like one and are two."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.models.identity import Customer
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import OrganizationModel


class NotDuplicate(OrganizationModel):
    """Somebody has looked at two customers and decided that they are two. `first` is the one with the lower id."""

    entity_id = "customers.not_duplicate"
    first_id: UUID
    second_id: UUID

    first = TenantForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    second = TenantForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("other customer"))

    class Meta:
        db_table = "customer_not_duplicate"
        verbose_name = _("pair that is no duplicate")
        verbose_name_plural = _("pairs that are no duplicates")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "first", "second"], name="customer_not_duplicate_once"),
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="customer_not_duplicate_two"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "second"], name="customer_not_duplicate_second")]

    def __str__(self) -> str:
        """Both names."""
        return f"{self.first} – {self.second}"
