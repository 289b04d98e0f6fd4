"""Back office pages of categories, as a list and as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.category_products import category_products_address
from apps.catalog.features import MANAGE_CATEGORIES, VIEW_CATEGORIES, VIEW_PRODUCTS
from apps.catalog.models import Category
from apps.catalog.selectors import Around, around
from apps.kernel.admin.access import allows
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


@register(Category)
class CategoryPage(CommandAdmin):
    """Categories of the selected organizations."""

    create_command = services.create_category
    update_command = services.update_category
    delete_command = services.delete_category
    view_feature = VIEW_CATEGORIES
    manage_feature = MANAGE_CATEGORIES
    icon = "category"
    order = 30
    empty_hint = _("Categories group products, at as many levels as you need. Add the first one.")
    list_display = ("name", "path_label", "slug", "child_count", "product_count", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    optional_fields = ("slug",)
    fieldsets = (
        (None, {"fields": (("name", "slug"), "parent", "is_active")}),
        (_("Texts"), {"fields": ("description",)}),
    )

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up what is around the categories on the page, in one query."""
        found = around(rows)
        for row in rows:
            row.around = found.get(row.pk, Around())

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what an empty field means."""
        if db_field.name == "description":
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        texts = {
            "slug": _("Left empty, it is made from the name."),
            "parent": _("Left empty, the category stands at the top."),
        }
        if field is not None and db_field.name in texts:
            field.help_text = texts[db_field.name]
        return field

    @admin.display(description=_("Path"))
    def path_label(self, row: Any) -> str:
        """Names from the root to the category."""
        return str(row.around.path_label)

    @admin.display(description=_("Below"))
    def child_count(self, row: Any) -> int:
        """How many categories are right below."""
        return int(row.around.child_count)

    @admin.display(description=_("Products"))
    def product_count(self, row: Any) -> Any:
        """How many products are right in it, as a link to them."""
        count = int(row.around.product_count)
        if not allows(VIEW_PRODUCTS):
            return count
        return format_html('<a class="ag-link" href="{}">{}</a>', category_products_address(row), count)
