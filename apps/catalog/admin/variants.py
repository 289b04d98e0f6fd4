"""Back office pages of variants and of the units that products are sold in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.calculations.options import Kind
from apps.catalog.calculations.products import LENGTHS, LONGEST_UNIT
from apps.catalog.calculations.variant_options import FALSE, LONGEST_TEXT, NO, TRUE, YES, Option
from apps.catalog.features import MANAGE_PRODUCTS, MANAGE_VARIANTS, VIEW_PRODUCTS
from apps.catalog.models import UnitConversion, Variant
from apps.catalog.selectors import living_product
from apps.catalog.services.variant_rules import options_of
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

# Complaints of commands are named like this, so that each stands beside its input.
OPTION, DIMENSION = "option_values.", "dimensions."
SIDE_WORDS = {"width": _("Width"), "height": _("Height"), "depth": _("Depth"), "unit": _("Unit of the dimensions")}


def option_field(option: Option, value: str | None) -> forms.Field:
    """The input of an option, with the value that is there."""
    shared: dict[str, Any] = {"label": option.label, "required": option.is_required, "initial": value}
    match option.kind:
        case Kind.SELECT:
            return forms.ChoiceField(choices=[("", "---------"), *option.choices.items()], **shared)
        case Kind.NUMBER:
            shared["initial"] = Decimal(value) if value else None
            return forms.DecimalField(**shared)
        case Kind.TEXT:
            return forms.CharField(max_length=LONGEST_TEXT, **shared)
        case Kind.BOOLEAN:
            choices = [("", "---------"), (TRUE, f"{YES} {_now('Yes')}"), (FALSE, f"{NO} {_now('No')}")]
            return forms.ChoiceField(choices=choices, **shared)


def dimension_fields(held: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Inputs of the dimensions."""
    found: dict[str, forms.Field] = {
        f"{DIMENSION}{side}": forms.DecimalField(
            label=SIDE_WORDS[side], required=False, min_value=Decimal(0), initial=held.get(side)
        )
        for side in LENGTHS
    }
    unit = forms.CharField(
        label=SIDE_WORDS["unit"], required=False, max_length=LONGEST_UNIT, initial=held.get("unit", "")
    )
    return {**found, f"{DIMENSION}unit": unit}


def product_asked(request: HttpRequest, variant: Variant | None) -> Any:
    """The product of the variant, or the one that a new variant is to belong to; None while none is chosen."""
    if variant is not None:
        return variant.product
    try:
        return living_product(UUID(request.POST.get("product") or request.GET.get("product", "")))
    except ValueError:
        return None


@register(Variant)
class VariantPage(CommandAdmin):
    """Variants of the selected organizations."""

    create_command = services.create_variant
    update_command = services.update_variant
    delete_command = services.delete_variant
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_VARIANTS
    icon = "style"
    order = 20
    empty_hint = _("Variants are made on the page of a product, from the choices of its options.")
    list_display = ("name", "product", "sku", "barcode", "is_default", "is_active", "updated_at")
    list_filter = ("is_active", "is_default", "barcode_type")
    list_select_related = ("product",)
    search_fields = ("name", "sku", "barcode")
    ordering = ("name",)
    optional_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("product", ("name", "sku"), ("is_active", "is_default"), "archived_at")}),
        (_("Codes"), {"fields": (("barcode", "barcode_type"), "hs_code")}),
        (_("State"), {"fields": (("status_id", "tax_class_id"),)}),
        (_("Weight and dimensions"), {"fields": (("weight", "weight_unit"),)}),
    )
    readonly_fields = ("product", "archived_at")
    add_fieldsets = (
        (None, {"fields": ("product", ("name", "sku"), ("is_active", "is_default"))}),
        *fieldsets[1:],
    )
    bulk_fields = ("is_active", "status_id", "tax_class_id", "hs_code", "weight", "weight_unit")
    buttons = (
        RecordCommand(
            "make-default",
            services.make_default_variant,
            _("Make default"),
            icon="star",
            shown=lambda variant: not variant.is_default and variant.archived_at is None,
            in_row=True,
        ),
        RecordCommand(
            "archive",
            services.archive_variant,
            _("Archive"),
            icon="archive",
            confirm=_("It is not sold any more, and stays where documents name it."),
            shown=lambda variant: variant.archived_at is None,
            in_bulk=True,
        ),
        RecordCommand(
            "unarchive",
            services.unarchive_variant,
            _("Bring back into sale"),
            icon="unarchive",
            shown=lambda variant: variant.archived_at is not None,
            in_bulk=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Variants with their products: every page shows them."""
        return super().get_queryset(request).select_related("product__option_schema")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what becomes of an empty name."""
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "name":
            found.help_text = _("Left empty, it is called by its options.")
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Variant | None = None) -> Any:
        """A variant stays with its product."""
        return () if obj is None else self.readonly_fields

    def get_form(self, request: HttpRequest, obj: Variant | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form with an input for each option of the product, as soon as it is chosen."""
        product, held = product_asked(request, obj), obj.option_values if obj is not None else {}
        options = options_of(product) if product is not None else ()
        fields = {f"{OPTION}{option.code}": option_field(option, held.get(option.code)) for option in options}
        fields |= dimension_fields(obj.dimensions if obj is not None else {})
        kwargs["form"] = type("VariantForm", (CommandForm,), fields)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Variant | None = None) -> Any:
        """The declared ones, with the options and the dimensions."""
        found = [(name, dict(shape)) for name, shape in super().get_fieldsets(request, obj)]
        product = product_asked(request, obj)
        names = tuple(f"{OPTION}{option.code}" for option in options_of(product)) if product is not None else ()
        sides = (tuple(f"{DIMENSION}{side}" for side in LENGTHS), f"{DIMENSION}unit")
        for name, shape in found:
            if name == self.fieldsets[-1][0]:
                shape["fields"] = (*shape["fields"], *sides)
        return [found[0], *([(_("Options"), {"fields": names})] if names else []), *found[1:]]

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """Options and dimensions each as one value, where something of them was entered."""
        given = super().command_input(request, form, formsets)
        for prefix, argument in ((OPTION, "option_values"), (DIMENSION, "dimensions")):
            names = [name for name in given if name.startswith(prefix)]
            values = {name.removeprefix(prefix): given.pop(name) for name in names}
            is_new, is_changed = form.instance._state.adding, any(name in form.changed_data for name in names)
            if is_new or is_changed:
                given[argument] = {name: value for name, value in values.items() if value not in {None, ""}}
        return given


@register(UnitConversion)
class UnitConversionPage(CommandAdmin):
    """Units that products are sold in beside their base units."""

    create_command = services.create_conversion
    update_command = services.update_conversion
    delete_command = services.delete_conversion
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_PRODUCTS
    icon = "straighten"
    order = 80
    empty_hint = _("A box of 12 pieces is a unit with 12 base units. Add one to a product that has a base unit.")
    list_display = ("unit", "product", "factor", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("product",)
    search_fields = ("unit", "product__title")
    ordering = ("unit",)
    fields = ("product", ("unit", "factor"), "is_active")
    readonly_fields = ("product",)
    bulk_fields = ("is_active",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Units with their products: every page shows them."""
        return super().get_queryset(request).select_related("product")

    def get_readonly_fields(self, request: HttpRequest, obj: UnitConversion | None = None) -> Any:
        """A unit stays with its product."""
        return () if obj is None else self.readonly_fields
