"""Variants of products, and what bundles and groups are made of."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Lower
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import MANAGE_VARIANTS, VIEW_PRODUCTS
from apps.catalog.models.products import SKU, Product
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.references.fields import OnDeletion, ReferenceField


class CodeType(models.TextChoices):
    """What a barcode is; a code without a type is free."""

    EAN13 = "ean13", "EAN-13"
    EAN8 = "ean8", "EAN-8"
    UPC = "upc", "UPC"
    ISBN = "isbn", "ISBN"
    ASIN = "asin", "ASIN"
    MPN = "mpn", "MPN"


class Variant(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """One way in which a product is sold, such as blue in size L.

    `option_values` is `{option code: text}` of the product's option schema: the code of a choice, a text, a number such
    as `2.5`, or `true` and `false`. There is one variant for each combination. Of a product's variants one is the
    default. Without a tax class of its own the product's counts.
    """

    entity_id = "catalog.variant"
    needs: ClassVar = ("product",)
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    change_feature: ClassVar[str] = MANAGE_VARIANTS
    remembered = ("product_id", "is_active", "archived_at", "tax_class_id")
    product_id: UUID

    product = TenantForeignKey(Product, models.CASCADE, related_name="variants", verbose_name=_("product"))
    name = models.CharField(_("name"), max_length=255)
    sku = models.CharField(_("SKU"), max_length=191, blank=True, default="", validators=[SKU])
    barcode = models.CharField(_("barcode"), max_length=191, blank=True, default="")
    barcode_type = models.CharField(_("type of barcode"), max_length=5, choices=CodeType, blank=True, default="")
    hs_code = models.CharField(_("HS code"), max_length=32, blank=True, default="")
    option_values = models.JSONField(_("options"), default=dict, blank=True)
    option_key = models.GeneratedField(
        expression=models.Func(
            Cast("option_values", models.TextField()), function="md5", output_field=models.CharField(max_length=32)
        ),
        output_field=models.CharField(max_length=32),
        db_persist=True,
    )
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    status_id = ReferenceField(
        "dictionaries.entry", within="catalog.product_status", null=True, blank=True, verbose_name=_("status")
    )
    tax_class_id = ReferenceField("sales.tax_class", null=True, blank=True, verbose_name=_("tax class"))
    weight = models.DecimalField(
        _("weight"), max_digits=16, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    weight_unit = models.CharField(_("unit of weight"), max_length=25, blank=True, default="")
    dimensions = models.JSONField(_("dimensions"), default=dict, blank=True)
    default_media_id = ReferenceField(
        "attachments.attachment",
        null=True,
        blank=True,
        editable=False,
        on_deletion=OnDeletion.CLEAR,
        verbose_name=_("main picture"),
    )

    class Meta:
        db_table = "product_variant"
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant_id",
                "organization_id",
                Lower("sku"),
                condition=SoftDelete.ALIVE & ~models.Q(sku=""),
                name="product_variant_sku_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "barcode_type", "barcode"],
                condition=SoftDelete.ALIVE & ~models.Q(barcode="") & ~models.Q(barcode_type=""),
                name="product_variant_barcode_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "product", "option_key"],
                condition=SoftDelete.ALIVE & ~models.Q(option_values={}),
                name="product_variant_options_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "product"],
                condition=SoftDelete.ALIVE & models.Q(is_default=True),
                name="product_variant_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(barcode_type="") | ~models.Q(barcode=""), name="product_variant_code_of_type"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "product", "position"], name="product_variant_order"),
            *(
                models.Index(fields=["tenant_id", column, "id"], name=f"product_variant_{name}")
                for column, name in (("name", "name"), ("sku", "sku"), ("created_at", "created"))
            ),
            *(
                models.Index(fields=["tenant_id", column], name=f"product_variant_{name}")
                for column, name in (
                    ("status_id", "status"),
                    ("tax_class_id", "tax_class"),
                    ("default_media_id", "media"),
                    ("organization_id", "organization"),
                )
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Component(OrganizationModel):
    """Part of a bundle, or member of a group: a product, or one variant of it.

    `quantity` of it goes into one bundle. `min_quantity` and `max_quantity` are what a buyer may choose in a group;
    a part that `is_optional` may be left out.
    """

    entity_id = "catalog.component"
    named_by: ClassVar = ("product", "variant")
    needs: ClassVar = ("parent", "product", "variant")
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    parent_id: UUID
    product_id: UUID
    variant_id: UUID | None

    parent = TenantForeignKey(Product, models.CASCADE, related_name="components", verbose_name=_("bundle or group"))
    product = TenantForeignKey(Product, models.PROTECT, related_name="part_of", verbose_name=_("product"))
    variant = TenantForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="part_of", verbose_name=_("variant")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6, default=1)
    min_quantity = models.DecimalField(_("at least"), max_digits=18, decimal_places=6, null=True, blank=True)
    max_quantity = models.DecimalField(_("at most"), max_digits=18, decimal_places=6, null=True, blank=True)
    is_optional = models.BooleanField(_("optional"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)

    class Meta:
        db_table = "product_component"
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of bundles")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "parent", "product", "variant"],
                nulls_distinct=False,
                name="product_component_once",
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="product_component_quantity"),
            models.CheckConstraint(
                condition=models.Q(min_quantity__isnull=True)
                | models.Q(max_quantity__isnull=True)
                | models.Q(max_quantity__gte=models.F("min_quantity")),
                name="product_component_limits",
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("product")), name="product_component_of_another"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "product"], name="product_component_product"),
            models.Index(fields=["tenant_id", "variant"], name="product_component_variant"),
        ]

    def __str__(self) -> str:
        """What it is a part of it."""
        return str(self.variant or self.product)
