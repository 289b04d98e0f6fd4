"""Back office pages of option schemas."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.option_form import KINDS, OptionSchemaForm
from apps.catalog.features import MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.catalog.models import OptionSchema
from apps.catalog.selectors import schema_usage
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


@register(OptionSchema)
class OptionSchemaPage(CommandAdmin):
    """Option schemas of the selected organizations."""

    create_command = services.create_option_schema
    update_command = services.update_option_schema
    delete_command = services.delete_option_schema
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_SETTINGS
    icon = "tune"
    order = 50
    empty_hint = _("Options are what the variants of a product differ in, such as size and colour. Add the first ones.")
    list_display = ("name", "code", "option_names", "product_count", "variant_count", "is_owned", "is_active")
    list_filter = ("is_owned", "is_active")
    search_fields = ("name", "code")
    ordering = ("name",)
    optional_fields = ("code",)
    bulk_fields = ("description", "is_active")
    form = OptionSchemaForm
    readonly_fields = ("listed_options",)
    fields = (("name", "code"), "description", "is_active", "options")

    def get_fields(self, request: HttpRequest, obj: OptionSchema | None = None) -> Any:
        """Who may only look reads the options as a list."""
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [*self.fields[:-1], "options" if may_write else "listed_options"]

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count the products and variants of the schemas on the page, in one query."""
        found = schema_usage([row.pk for row in rows])
        for row in rows:
            row.products_there, row.variants_there = found.get(row.pk, (0, 0))

    @admin.display(description=_("Options"))
    def option_names(self, schema: OptionSchema) -> str:
        """The labels, one behind the other."""
        return ", ".join(option["label"] for option in schema.options)

    @admin.display(description=_("Products"))
    def product_count(self, schema: Any) -> int:
        """How many products have it."""
        return int(schema.products_there)

    @admin.display(description=_("Variants"))
    def variant_count(self, schema: Any) -> int:
        """How many variants these have."""
        return int(schema.variants_there)

    @admin.display(description=_("Options"))
    def listed_options(self, schema: OptionSchema) -> str:
        """Every option with its choices."""
        options = [{**option, "kind": KINDS.get(option["input_type"], "")} for option in schema.options]
        return render_to_string("catalog/listed_options.html", {"options": options})
