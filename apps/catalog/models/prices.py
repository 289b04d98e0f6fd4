"""Prices, their kinds and lists, and how a tenant ranks them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, DecimalRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from apps.catalog.contracts import Layer
from apps.catalog.features import MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.catalog.models.offers import Offer
from apps.catalog.models.options import SLUG
from apps.catalog.models.products import CURRENCY, Product
from apps.catalog.models.variants import Variant
from apps.kernel.bases.bitemporal import Bitemporal, KnownOnce
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel, TenantModel
from apps.kernel.references.fields import ReferenceField

LOWEST_PERCENT = Decimal(-100)
# Columns that a price may be narrowed by; prices that agree in all of them have equal rank.
SCOPE = (
    "product",
    "variant",
    "offer",
    "kind",
    "price_list",
    "currency",
    "channel_id",
    "customer_id",
    "customer_group_id",
    "user_id",
    "user_group_id",
)


def always() -> Range[object]:
    """The period that has neither beginning nor end."""
    return Range(None, None, "()")


class DisplayMode(models.TextChoices):
    """How amounts of a kind are shown and entered."""

    NET = "excluding-tax", _("without tax")
    GROSS = "including-tax", _("with tax")


class PriceKind(Versioned, SoftDelete, TenantModel):
    """A kind of price, such as the regular one or a sale; what `is_promotion` stands above all others."""

    entity_id = "catalog.price_kind"
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    remembered = ("code", "is_promotion", "is_active")
    remembered_by = "tenant_id"

    title = models.CharField(_("title"), max_length=150)
    code = models.CharField(_("code"), max_length=60, validators=[SLUG])
    display_mode = models.CharField(_("amounts"), max_length=13, choices=DisplayMode, default=DisplayMode.NET)
    currency = models.CharField(_("usual currency"), max_length=3, blank=True, default="", validators=[CURRENCY])
    is_promotion = models.BooleanField(_("promotion"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "price_kind"
        verbose_name = _("kind of price")
        verbose_name_plural = _("kinds of prices")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "code"], condition=SoftDelete.ALIVE, name="price_kind_code_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "title", "id"], name="price_kind_title"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="price_kind_created"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class PriceList(Versioned, SoftDelete, OrganizationModel):
    """Prices that are agreed, valid and narrowed together; among rows of one layer the list of higher priority counts.

    With a `base_list` its prices are that list's, changed by `percent` (-10 is a tenth less) or by `formula`, an
    expression over `price`, and rounded to multiples of `round_to`; rows of its own go before them.
    """

    entity_id = "catalog.price_list"
    needs: ClassVar = ("base_list",)
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    remembered = (
        "currency",
        "priority",
        "is_active",
        "channel_id",
        "customer_group_id",
        "valid_from",
        "valid_until",
        "base_list_id",
        "percent",
        "formula",
        "round_to",
    )
    remembered_by = "tenant_id"
    base_list_id: UUID | None

    name = models.CharField(_("name"), max_length=150)
    code = models.CharField(_("code"), max_length=60, validators=[SLUG])
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    channel_id = ReferenceField("sales.channel", null=True, blank=True, verbose_name=_("channel"))
    customer_group_id = ReferenceField(
        "customers.customer_group", null=True, blank=True, verbose_name=_("customer group")
    )
    priority = models.IntegerField(_("priority"), default=0)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    base_list = TenantForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="derived", verbose_name=_("derived from")
    )
    percent = models.DecimalField(
        _("change (%)"),
        max_digits=9,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(LOWEST_PERCENT)],
    )
    formula = models.CharField(_("formula"), max_length=500, blank=True, default="")
    round_to = models.DecimalField(
        _("rounded to"), max_digits=19, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "price_list"
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"], condition=SoftDelete.ALIVE, name="price_list_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="price_list_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(percent__isnull=True, formula="")
                | models.Q(base_list__isnull=False, formula="")
                | models.Q(base_list__isnull=False, percent__isnull=True),
                name="price_list_one_way",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="price_list_name"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="price_list_created"),
            models.Index(fields=["tenant_id", "base_list"], name="price_list_base"),
            models.Index(fields=["tenant_id", "channel_id"], name="price_list_channel"),
            models.Index(fields=["tenant_id", "customer_group_id"], name="price_list_group"),
            models.Index(fields=["tenant_id", "organization_id"], name="price_list_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


def _rank_key() -> models.Func:
    """A hash of the scope in which NULL is a value as well: in an exclusion constraint NULL never conflicts."""
    parts = [Coalesce(Cast(models.F(column), models.TextField()), models.Value("")) for column in SCOPE]
    return models.Func(*parts, function="md5", arg_joiner=" || '/' || ", output_field=models.CharField(max_length=32))


class Price(Bitemporal, OrganizationModel):
    """What one base unit costs, for whom, where, from which quantity and when.

    `amount` is with tax when `includes_tax`; the other side follows from the tax class. Quantities are in base units,
    both ends included; the end of `valid` no longer belongs to it. Prices of equal rank never overlap.
    """

    entity_id = "catalog.price"
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    product_id: UUID
    variant_id: UUID | None
    offer_id: UUID | None
    kind_id: UUID
    price_list_id: UUID | None

    product = TenantForeignKey(Product, models.PROTECT, related_name="prices", verbose_name=_("product"))
    variant = TenantForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("variant")
    )
    offer = TenantForeignKey(
        Offer, models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("offer")
    )
    kind = TenantForeignKey(PriceKind, models.PROTECT, related_name="prices", verbose_name=_("kind of price"))
    price_list = TenantForeignKey(
        PriceList, models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("price list")
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4, validators=[MinValueValidator(0)])
    includes_tax = models.BooleanField(_("with tax"), default=False)
    min_quantity = models.DecimalField(_("from quantity"), max_digits=18, decimal_places=6, default=1)
    max_quantity = models.DecimalField(
        _("up to quantity"),
        max_digits=18,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MaxValueValidator(10**12)],
    )
    channel_id = ReferenceField("sales.channel", null=True, blank=True, verbose_name=_("channel"))
    customer_id = ReferenceField("customers.customer", null=True, blank=True, verbose_name=_("customer"))
    customer_group_id = ReferenceField(
        "customers.customer_group", null=True, blank=True, verbose_name=_("customer group")
    )
    user_id = ReferenceField("auth.user", null=True, blank=True, verbose_name=_("user"))
    user_group_id = ReferenceField("auth.role", null=True, blank=True, verbose_name=_("role"))
    valid = DateTimeRangeField(_("valid"), default=always)
    quantity = models.GeneratedField(
        expression=models.Func(
            "min_quantity", "max_quantity", models.Value("[]"), function="numrange", output_field=DecimalRangeField()
        ),
        output_field=DecimalRangeField(),
        db_persist=True,
    )
    rank_key = models.GeneratedField(
        expression=_rank_key(), output_field=models.CharField(max_length=32), db_persist=True
    )

    class Meta:
        db_table = "price"
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        base_manager_name = "objects"
        constraints: ClassVar = [
            KnownOnce(
                name="price_known_once",
                key=("tenant_id", "organization_id", "rank_key"),
                over=("quantity", "valid"),
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="price_amount_not_negative"),
            models.CheckConstraint(
                condition=models.Q(min_quantity__gt=0)
                & (models.Q(max_quantity__isnull=True) | models.Q(max_quantity__gte=models.F("min_quantity"))),
                name="price_quantities_in_order",
            ),
            models.CheckConstraint(condition=models.Q(valid__isempty=False), name="price_valid_sometime"),
        ]
        indexes: ClassVar = [
            # What is asked most: everything that is known today of some products.
            models.Index(
                fields=["tenant_id", "product"], condition=models.Q(known__upper_inf=True), name="price_today"
            ),
            models.Index(fields=["tenant_id", "product"], name="price_then"),
            models.Index(
                fields=["tenant_id", "created_at", "id"],
                condition=models.Q(known__upper_inf=True),
                name="price_created",
            ),
            *(
                models.Index(
                    fields=["tenant_id", column],
                    condition=models.Q(known__upper_inf=True),
                    name=f"price_by_{name}",
                )
                for column, name in (
                    ("variant", "variant"),
                    ("offer", "offer"),
                    ("kind", "kind"),
                    ("price_list", "list"),
                    ("channel_id", "channel"),
                    ("customer_id", "customer"),
                    ("customer_group_id", "group"),
                    ("user_id", "user"),
                    ("user_group_id", "user_group"),
                    ("organization_id", "organization"),
                )
            ),
        ]

    def __str__(self) -> str:
        """Amount and currency."""
        return f"{self.amount.normalize():f} {self.currency}"


def usual_layers() -> list[int]:
    """The layers in the order that the documentation names."""
    return [int(layer) for layer in Layer]


class PricingSettings(Versioned, TenantModel):
    """How a tenant ranks prices; a tenant without a row ranks them as the documentation says."""

    entity_id = "catalog.pricing_settings"
    view_feature: ClassVar[str] = MANAGE_SETTINGS
    remembered = ("layers", "only_cheaper_promotions")
    remembered_by = "tenant_id"

    layers = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("order of layers"), default=usual_layers)
    only_cheaper_promotions = models.BooleanField(_("promotions only lower prices"), default=False)
    shows_unit_prices = models.BooleanField(_("prices per unit are shown"), default=True)

    class Meta:
        db_table = "pricing_settings"
        verbose_name = _("settings of prices")
        verbose_name_plural = _("settings of prices")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id"], name="pricing_settings_once")]

    def __str__(self) -> str:
        """What it is."""
        return str(self._meta.verbose_name)
