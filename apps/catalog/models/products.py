"""Products: what is sold, with everything that shops, tax offices and warehouses want to know of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import MANAGE_PRODUCTS, VIEW_PRODUCTS
from apps.catalog.models.options import OptionSchema
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.references.fields import OnDeletion, ReferenceField

SKU = RegexValidator(r"^[A-Za-z0-9._-]+$", _("Use letters, digits, hyphens, dots and underscores."))
HANDLE = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Use a–z, 0–9, hyphens and underscores."))
COUNTRY = RegexValidator(r"^[A-Z]{2}$", _("A country is a code of two capital letters, such as DE."))
CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("A currency is a code of three capital letters, such as EUR."))
UN_NUMBER = RegexValidator(r"^UN[0-9]{4}$", _("A UN number has four digits, such as UN1950."))
GTU = RegexValidator(r"^GTU_(0[1-9]|1[0-3])$", _("GTU codes are GTU_01 to GTU_13."))
WEB = URLValidator(schemes=("https", "http"))
MOST_PLACES = 6
OLDEST = 120
SEARCHED = ("title", "subtitle", "sku", "handle")


class ProductType(models.TextChoices):
    """What a product is made of."""

    SIMPLE = "simple", _("simple")
    CONFIGURABLE = "configurable", _("with variants")
    VIRTUAL = "virtual", _("virtual")
    DOWNLOADABLE = "downloadable", _("download")
    BUNDLE = "bundle", _("bundle")
    GROUPED = "grouped", _("group")


class RoundingMode(models.TextChoices):
    """How a quantity is rounded when it comes into base units."""

    HALF_UP = "half_up", _("half up")
    DOWN = "down", _("down")
    UP = "up", _("up")


class ReferenceUnit(models.TextChoices):
    """Units that the price per unit is shown for (Directive 98/6/EC)."""

    KG = "kg", _("kilogram")
    L = "l", _("litre")
    M2 = "m2", _("square metre")
    M3 = "m3", _("cubic metre")
    PC = "pc", _("piece")


class Excise(models.TextChoices):
    """What excise duty is owed for."""

    ALCOHOL = "alcohol", _("alcohol")
    TOBACCO = "tobacco", _("tobacco")
    ENERGY_DRINK = "energy_drink", _("energy drink")
    FUEL = "fuel", _("fuel")
    OTHER = "other", _("other")


class PackingGroup(models.TextChoices):
    """How dangerous dangerous goods are; I is the worst (UN Model Regulations)."""

    I = "I", "I"  # noqa: E741 - that is its name
    II = "II", "II"
    III = "III", "III"


def _positive(column: str) -> models.Q:
    return models.Q(**{f"{column}__isnull": True}) | models.Q(**{f"{column}__gt": 0})


def _in_order(first: str, second: str) -> models.Q:
    """Hold where one of both is missing, too."""
    given = models.Q(**{f"{first}__isnull": True}) | models.Q(**{f"{second}__isnull": True})
    return given | models.Q(**{f"{second}__gte": models.F(first)})


class Product(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """Something that is sold.

    `unit` is the base unit, which quantities of prices and stock are counted in; `sales_unit` is what is offered to
    people, `sales_unit_quantity` of it at a time. `archived_at` takes it out of sale and keeps it for documents.
    Weights are in `weight_unit`; `dimensions` is `{"width", "height", "depth", "unit"}`.
    """

    entity_id = "catalog.product"
    needs: ClassVar = ("option_schema",)
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    change_feature: ClassVar[str] = MANAGE_PRODUCTS
    remembered = (
        "organization_id",
        "is_active",
        "archived_at",
        "is_quote_only",
        "unit",
        "rounding_places",
        "rounding_mode",
        "tax_class_id",
    )
    option_schema_id: UUID | None

    title = models.CharField(_("title"), max_length=255)
    subtitle = models.CharField(_("subtitle"), max_length=255, blank=True, default="")
    description = models.TextField(_("description"), max_length=4000, blank=True, default="")
    sku = models.CharField(_("SKU"), max_length=191, blank=True, default="", validators=[SKU])
    handle = models.CharField(_("handle"), max_length=150, blank=True, default="", validators=[HANDLE])
    product_type = models.CharField(_("type"), max_length=12, choices=ProductType, default=ProductType.SIMPLE)
    is_active = models.BooleanField(_("active"), default=True)
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    status_id = ReferenceField(
        "dictionaries.entry", within="catalog.product_status", null=True, blank=True, verbose_name=_("status")
    )
    option_schema = TenantForeignKey(
        OptionSchema, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("options")
    )

    tax_class_id = ReferenceField("sales.tax_class", null=True, blank=True, verbose_name=_("tax class"))
    primary_currency = models.CharField(_("currency"), max_length=3, blank=True, default="", validators=[CURRENCY])
    unit = models.CharField(_("base unit"), max_length=50, blank=True, default="")
    sales_unit = models.CharField(_("sales unit"), max_length=50, blank=True, default="")
    sales_unit_quantity = models.DecimalField(
        _("sales units at a time"), max_digits=18, decimal_places=6, default=1, validators=[MinValueValidator(0)]
    )
    rounding_places = models.PositiveSmallIntegerField(
        _("places of quantities"), default=4, validators=[MaxValueValidator(MOST_PLACES)]
    )
    rounding_mode = models.CharField(_("rounding"), max_length=7, choices=RoundingMode, default=RoundingMode.HALF_UP)
    shows_unit_price = models.BooleanField(_("price per unit is shown"), default=False)
    unit_price_reference = models.CharField(
        _("unit of the price per unit"), max_length=2, choices=ReferenceUnit, blank=True, default=""
    )
    unit_price_quantity = models.DecimalField(
        _("reference units in a base unit"), max_digits=18, decimal_places=6, null=True, blank=True
    )

    weight = models.DecimalField(
        _("weight"), max_digits=16, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    weight_unit = models.CharField(_("unit of weight"), max_length=25, blank=True, default="")
    dimensions = models.JSONField(_("dimensions"), default=dict, blank=True)

    country_of_origin = models.CharField(
        _("country of origin"), max_length=2, blank=True, default="", validators=[COUNTRY]
    )
    pkwiu_code = models.CharField(_("PKWiU"), max_length=32, blank=True, default="")
    cn_code = models.CharField(_("CN code"), max_length=32, blank=True, default="")
    hs_code = models.CharField(_("HS code"), max_length=32, blank=True, default="")
    tax_classification_code = models.CharField(_("tax classification"), max_length=64, blank=True, default="")
    gtu_codes = ArrayField(
        models.CharField(max_length=6, validators=[GTU]), verbose_name=_("GTU codes"), default=list, blank=True
    )
    age_min = models.PositiveSmallIntegerField(
        _("youngest buyer (years)"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    is_excise_good = models.BooleanField(_("excise good"), default=False)
    excise_category = models.CharField(_("excise on"), max_length=12, choices=Excise, blank=True, default="")
    requires_prescription = models.BooleanField(_("on prescription"), default=False)
    hazmat_class = models.CharField(_("class of dangerous goods"), max_length=32, blank=True, default="")
    un_number = models.CharField(_("UN number"), max_length=6, blank=True, default="", validators=[UN_NUMBER])
    packing_group = models.CharField(_("packing group"), max_length=3, choices=PackingGroup, blank=True, default="")
    contains_lithium_battery = models.BooleanField(_("with a lithium battery"), default=False)

    launch_at = models.DateTimeField(_("launch"), null=True, blank=True)
    end_of_life_at = models.DateTimeField(_("end of life"), null=True, blank=True)
    available_from = models.DateTimeField(_("available from"), null=True, blank=True)
    available_until = models.DateTimeField(_("available until"), null=True, blank=True)

    min_order_quantity = models.PositiveIntegerField(
        _("least per order"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_order_quantity = models.PositiveIntegerField(
        _("most per order"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    order_quantity_step = models.PositiveIntegerField(
        _("step of quantities"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    requires_shipping = models.BooleanField(_("is shipped"), default=True)
    is_quote_only = models.BooleanField(_("on quote only"), default=False)

    seo_title = models.CharField(_("title for search engines"), max_length=255, blank=True, default="")
    seo_description = models.CharField(_("description for search engines"), max_length=1000, blank=True, default="")
    canonical_url = models.CharField(_("canonical address"), max_length=500, blank=True, default="", validators=[WEB])
    default_media_id = ReferenceField(
        "attachments.attachment",
        null=True,
        blank=True,
        editable=False,
        on_deletion=OnDeletion.CLEAR,
        verbose_name=_("main picture"),
    )

    class Meta:
        db_table = "product"
        verbose_name = _("product")
        verbose_name_plural = _("products")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant_id",
                "organization_id",
                Lower("sku"),
                condition=SoftDelete.ALIVE & ~models.Q(sku=""),
                name="product_sku_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "handle"],
                condition=SoftDelete.ALIVE & ~models.Q(handle=""),
                name="product_handle_once",
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="product_title_given"),
            models.CheckConstraint(
                condition=_in_order("available_from", "available_until"), name="product_available_in_order"
            ),
            models.CheckConstraint(condition=_in_order("launch_at", "end_of_life_at"), name="product_life_in_order"),
            models.CheckConstraint(
                condition=_in_order("min_order_quantity", "max_order_quantity"), name="product_order_limits"
            ),
            models.CheckConstraint(
                condition=_positive("min_order_quantity")
                & _positive("max_order_quantity")
                & _positive("order_quantity_step")
                & _positive("unit_price_quantity")
                & models.Q(sales_unit_quantity__gt=0),
                name="product_quantities_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(sales_unit="") | ~models.Q(unit=""), name="product_sales_unit_has_base"
            ),
            models.CheckConstraint(
                condition=models.Q(shows_unit_price=False)
                | (~models.Q(unit_price_reference="") & models.Q(unit_price_quantity__isnull=False)),
                name="product_unit_price_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(is_excise_good=True) | models.Q(excise_category=""), name="product_excise_category"
            ),
        ]
        indexes: ClassVar = [
            *(
                models.Index(fields=["tenant_id", column, "id"], name=f"product_{name}")
                for column, name in (
                    ("title", "title"),
                    ("sku", "sku"),
                    ("created_at", "created"),
                    ("updated_at", "changed"),
                )
            ),
            *(
                models.Index(fields=["tenant_id", column], name=f"product_{name}")
                for column, name in (
                    ("option_schema", "schema"),
                    ("status_id", "status"),
                    ("tax_class_id", "tax_class"),
                    ("default_media_id", "media"),
                    # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
                    ("organization_id", "organization"),
                )
            ),
            # What lists search in. Entries are written behind the writer's back, at the latest with a megabyte of them:
            # at once they would take five times as long as the products themselves.
            GinIndex(
                OpClass("tenant_id", "uuid_ops"),
                *(OpClass(column, "gin_trgm_ops") for column in SEARCHED),
                condition=SoftDelete.ALIVE,
                fastupdate=True,
                gin_pending_list_limit=1024,
                name="product_containing",
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def is_archived(self) -> bool:
        """Say whether it is out of sale for good."""
        return self.archived_at is not None


class Relation(models.TextChoices):
    """What one product is to another."""

    RELATED = "related", _("related")
    ACCESSORY = "accessory", _("accessory")
    UPSELL = "upsell", _("better one")
    REPLACEMENT = "replacement", _("replacement")


class ProductRelation(OrganizationModel):
    """A product points to another one, which is shown beside it."""

    entity_id = "catalog.product_relation"
    named_by: ClassVar = ("related",)
    view_feature: ClassVar[str] = VIEW_PRODUCTS
    product_id: UUID
    related_id: UUID

    product = TenantForeignKey(Product, models.CASCADE, related_name="relations", verbose_name=_("product"))
    related = TenantForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("related product"))
    kind = models.CharField(_("kind"), max_length=11, choices=Relation, default=Relation.RELATED)
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)

    class Meta:
        db_table = "product_relation"
        verbose_name = _("related product")
        verbose_name_plural = _("related products")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "product", "related", "kind"], name="product_relation_once"),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("related")), name="product_relation_two_products"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "related"], name="product_relation_related")]

    def __str__(self) -> str:
        """The title of the other one."""
        return str(self.related)
