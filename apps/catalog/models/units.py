"""Units that a product is sold in, beside its base unit."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models.products import Product
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel

MOST_BASE_UNITS = 1_000_000
LEAST_BASE_UNITS = Decimal("0.000000000001")


class UnitConversion(Versioned, SoftDelete, OrganizationModel):
    """One `unit` of a product is `factor` of its base units: a box of 12 pieces has factor 12."""

    entity_id = "catalog.unit_conversion"
    needs: ClassVar = ("product",)
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    remembered = ("product_id", "unit", "factor", "is_active")
    remembered_by = "product_id"
    product_id: UUID

    product = TenantForeignKey(Product, models.CASCADE, related_name="conversions", verbose_name=_("product"))
    unit = models.CharField(_("unit"), max_length=50)
    factor = models.DecimalField(
        _("base units in one"),
        max_digits=24,
        decimal_places=12,
        validators=[MinValueValidator(LEAST_BASE_UNITS), MaxValueValidator(MOST_BASE_UNITS)],
    )
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "unit_conversion"
        verbose_name = _("unit of a product")
        verbose_name_plural = _("units of products")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "product", "unit"], condition=SoftDelete.ALIVE, name="unit_conversion_once"
            ),
            models.CheckConstraint(
                condition=models.Q(factor__gt=0, factor__lte=MOST_BASE_UNITS), name="unit_conversion_factor"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "unit", "id"], name="unit_conversion_unit"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="unit_conversion_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="unit_conversion_organization"),
        ]

    def __str__(self) -> str:
        """The unit."""
        return self.unit
