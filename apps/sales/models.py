"""Channels and tax classes of an organization."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import CODE
from apps.kernel.crypto.fields import EncryptedEmailField
from apps.sales.features import VIEW_CHANNELS, VIEW_SETTINGS

WEB = URLValidator(schemes=("https", "http"))
MOST_PERCENT = 100


class Channel(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """A way to sell, such as a web shop, a counter or the field service: prices, offers and documents name it.

    A document that names none belongs to the default one, of which an organization with channels has exactly one.
    Without `allow_direct_orders` every order begins as a quote.
    """

    entity_id = "sales.channel"
    view_feature: ClassVar[str] = VIEW_CHANNELS

    name = models.CharField(_("name"), max_length=150)
    code = models.CharField(_("code"), max_length=60, validators=[CODE])
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    website_url = models.CharField(_("website"), max_length=300, blank=True, default="", validators=[WEB])
    contact_email = EncryptedEmailField(_("contact e-mail"), blind_index=True, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(_("default"), default=False)
    allow_direct_orders = models.BooleanField(_("orders without a quote"), default=False)

    class Meta:
        db_table = "sales_channel"
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"],
                condition=SoftDelete.ALIVE,
                name="sales_channel_code_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id"],
                condition=SoftDelete.ALIVE & models.Q(is_default=True),
                name="sales_channel_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(is_active=True), name="sales_channel_default_active"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="sales_channel_name"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="sales_channel_created"),
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            models.Index(fields=["tenant_id", "organization_id"], name="sales_channel_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class TaxClass(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """What is taxed alike. `rate` is in percent, and holds where no rule of a place or a customer says otherwise."""

    entity_id = "sales.tax_class"
    view_feature: ClassVar[str] = VIEW_SETTINGS
    remembered = ("organization_id", "rate", "is_default")
    remembered_by = "tenant_id"

    name = models.CharField(_("name"), max_length=150)
    code = models.CharField(_("code"), max_length=60, validators=[CODE])
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    rate = models.DecimalField(
        _("rate (%)"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_PERCENT)],
    )
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        db_table = "sales_tax_class"
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"],
                condition=SoftDelete.ALIVE,
                name="sales_tax_class_code_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id"],
                condition=SoftDelete.ALIVE & models.Q(is_default=True),
                name="sales_tax_class_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=MOST_PERCENT), name="sales_tax_class_rate_range"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="sales_tax_class_name"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="sales_tax_class_created"),
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            models.Index(fields=["tenant_id", "organization_id"], name="sales_tax_class_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
