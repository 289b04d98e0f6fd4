"""Currencies of an organization."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel

LIVING = models.Q(deleted_at__isnull=True)


class Currency(Versioned, SoftDelete, OrganizationModel):
    """One currency that the organization works in. `code` is ISO 4217, three capital letters."""

    entity_id = "currencies.currency"

    code = models.CharField(_("code"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")])
    name = models.CharField(_("name"), max_length=200)
    symbol = models.CharField(_("symbol"), max_length=10)
    decimal_places = models.PositiveSmallIntegerField(_("decimal places"), default=2, validators=[MaxValueValidator(8)])
    is_active = models.BooleanField(_("active"), default=True)
    is_base = models.BooleanField(_("base currency"), default=False)

    class Meta:
        db_table = "currency"
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"], condition=LIVING, name="currency_code_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id"],
                condition=LIVING & models.Q(is_base=True),
                name="currency_base_once",
            ),
            models.CheckConstraint(condition=models.Q(code__regex=r"^[A-Z]{3}$"), name="currency_code_form"),
            models.CheckConstraint(condition=models.Q(decimal_places__lte=8), name="currency_places_limit"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "code", "id"], name="currency_code"),
            models.Index(fields=["tenant_id", "name", "id"], name="currency_name"),
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            models.Index(fields=["tenant_id", "organization_id"], name="currency_organization"),
        ]

    def __str__(self) -> str:
        """Code and name."""
        return f"{self.code} — {self.name}"
