"""Back office pages of products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.category_filling import FILL, LABEL, put_into_category
from apps.catalog.admin.product_form import TIDY, ProductForm
from apps.catalog.features import MANAGE_PRODUCTS, VIEW_PRODUCTS
from apps.catalog.models import Category, Product, ProductTag
from apps.catalog.models.categories import CategoryAssignment, ProductTagging
from apps.catalog.selectors.products import marks_of
from apps.kernel.admin.access import may_run
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.naming import told_apart

MOST_OFFERED = 300
FEW = 3


class MarkFilter(SelectFilter):
    """Products that are marked with one record of a kind: a tag, a category."""

    model: ClassVar[Any] = None
    rows: ClassVar[Any] = None
    key: ClassVar[str] = ""
    name: ClassVar[str] = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The first of the scope, by name."""
        rows = ENTITIES[self.model.entity_id].living().order_by(self.name, "pk")
        found = rows.values_list("pk", self.name, "organization_id")[:MOST_OFFERED]
        return [(str(pk), name) for pk, name in told_apart(found).items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Its products; none for what is not on offer."""
        value = self.value()
        if not value:
            return queryset
        if value not in {key for key, _name in self.lookup_choices}:
            return queryset.none()
        return queryset.filter(Exists(self.rows.objects.filter(product=OuterRef("pk"), **{self.key: value})))


class ByTag(MarkFilter):
    """Products with one tag."""

    title, parameter_name = _("tag"), "tag"
    model, rows, key, name = ProductTag, ProductTagging, "tag_id", "label"


class ByCategory(MarkFilter):
    """Products of one category."""

    title, parameter_name = _("category"), "category"
    model, rows, key, name = Category, CategoryAssignment, "category_id", "name"


class ByStanding(SelectFilter):
    """Products in sale, and archived ones."""

    title, parameter_name = _("standing"), "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both."""
        return [("sale", _("Not archived")), ("archived", _("Archived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The products."""
        wanted = {"sale": True, "archived": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(archived_at__isnull=wanted)


def is_for_sale(product: Product) -> bool:
    """Say whether the product is not archived."""
    return not product.is_archived


@register(Product)
class ProductPage(CommandAdmin):
    """Products of the selected organizations."""

    create_command = services.create_product
    update_command = services.update_product
    delete_command = services.delete_product
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_PRODUCTS
    icon = "inventory_2"
    order = 10
    empty_hint = _("A product is what you sell. Add the first one, or import a file of them.")
    list_display = ("title", "sku", "product_type", "standing", "tags", "categories", "updated_at")
    list_filter = ("product_type", "is_active", ByStanding, ByTag, ByCategory)
    search_fields = ("title", "sku", "handle", "subtitle")
    ordering = ("title",)
    form = ProductForm
    readonly_fields = ("standing",)
    # A group that can be folded has one field in each line: with several Django would keep it folded over complaints.
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "subtitle",
                    ("sku", "handle"),
                    ("product_type", "status_id"),
                    ("is_active", "standing"),
                    "description",
                )
            },
        ),
        (_("Categories and options"), {"fields": ("category_ids", "tag_ids", "option_schema")}),
        (_("Taxes and currency"), {"fields": (("tax_class_id", "primary_currency"),)}),
        (
            _("Units"),
            {"fields": (("unit", "sales_unit"), "sales_unit_quantity", ("rounding_places", "rounding_mode"))},
        ),
        (
            _("Price per unit"),
            {
                "classes": ("collapse",),
                "fields": ("shows_unit_price", "unit_price_reference", "unit_price_quantity"),
            },
        ),
        (_("Size and weight"), {"classes": ("collapse",), "fields": ("weight", "weight_unit", "dimensions")}),
        (
            _("Regulations"),
            {
                "classes": ("collapse",),
                "fields": (
                    "country_of_origin",
                    "tax_classification_code",
                    "hs_code",
                    "cn_code",
                    "pkwiu_code",
                    "age_min",
                    "gtu_codes",
                    "is_excise_good",
                    "excise_category",
                    "requires_prescription",
                    "hazmat_class",
                    "un_number",
                    "packing_group",
                    "contains_lithium_battery",
                ),
            },
        ),
        (
            _("Lifecycle"),
            {
                "classes": ("collapse",),
                "fields": ("launch_at", "end_of_life_at", "available_from", "available_until"),
            },
        ),
        (
            _("Orders"),
            {
                "classes": ("collapse",),
                "fields": (
                    "min_order_quantity",
                    "max_order_quantity",
                    "order_quantity_step",
                    "requires_shipping",
                    "is_quote_only",
                ),
            },
        ),
        (
            _("Search engines"),
            {"classes": ("collapse",), "fields": ("seo_title", "seo_description", "canonical_url")},
        ),
    )
    buttons = (
        RecordCommand(
            "archive",
            services.archive_product,
            _("Archive"),
            icon="archive",
            confirm=_("It is sold no more, and stays for documents."),
            shown=is_for_sale,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "unarchive",
            services.unarchive_product,
            _("Bring back into sale"),
            icon="unarchive",
            confirm=_("It can be sold again."),
            shown=lambda product: product.is_archived,
            in_row=True,
            in_bulk=True,
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("catalog/products.css",)}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Beside the others: selected products are put into a category."""
        found: dict[str, Any] = super().get_actions(request)
        return {FILL: (put_into_category, FILL, LABEL), **found} if may_run(services.assign_products) else found

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Bring what people write into its form before it is judged, and say what is meant."""
        if db_field.name in TIDY:
            kwargs |= {"form_class": TIDY[db_field.name], "max_length": max(10, db_field.max_length)}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in HINTS:
            field.help_text = HINTS[db_field.name]
        return field

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up tags and categories of the products on the page, in one query."""
        marks = marks_of(row.pk for row in rows)
        for row in rows:
            row.tags_there, row.categories_there = marks.get(row.pk, ([], []))

    @admin.display(description=_("State"), ordering="is_active")
    def standing(self, product: Product) -> str:
        """Whether it can be sold."""
        if product.is_archived:
            return _t("Archived")
        return _t("Active") if product.is_active else _t("Not active")

    @admin.display(description=_("Tags"))
    def tags(self, product: Any) -> str:
        """Its tags."""
        return badges(product.tags_there)

    @admin.display(description=_("Categories"))
    def categories(self, product: Any) -> str:
        """The categories that it is in, the main one first."""
        return badges(product.categories_there)


def badges(words: Iterable[str]) -> str:
    """The first words as badges, and how many more there are."""
    listed = list(words)
    shown = listed[:FEW] + ([f"+{len(listed) - FEW}"] if len(listed) > FEW else [])
    return format_html_join(" ", '<span class="ag-badge">{}</span>', ((word,) for word in shown))


HINTS = {
    "handle": _("The name of the product in addresses: a–z, 0–9, hyphens and underscores."),
    "unit": _("What prices and stock are counted in, such as pc or kg."),
    "sales_unit": _("What is offered to people, such as box; left empty, it is the base unit."),
    "unit_price_quantity": _("How much of that unit is in one base unit: 0.75 for a bottle of 0.75 l."),
    "country_of_origin": _("Two letters, such as DE."),
    "primary_currency": _("Three letters, such as EUR."),
    "un_number": _("Four digits."),
}
