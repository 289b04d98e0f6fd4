"""The form of a product: values in the form in which people write them, sizes side by side, tags and categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from apps.catalog.admin.choosing import CategoriesSelect, TemplateInput, ids_of, many_field
from apps.catalog.calculations.products import LENGTHS, LONGEST_UNIT, ORDERED, normal_dimensions, normal_un_number
from apps.catalog.models.categories import CategoryAssignment, ProductTagging
from apps.catalog.selectors import categories_of, tags_of
from apps.kernel.admin.forms import CommandForm

GTU_CODES: Final = tuple(f"GTU_{number:02}" for number in range(1, 14))


class CapitalsField(forms.CharField):
    """A code in capitals."""

    def to_python(self, value: Any) -> str:
        """The text in capitals."""
        return (super().to_python(value) or "").upper()


class SmallField(forms.CharField):
    """A name in small letters."""

    def to_python(self, value: Any) -> str:
        """The text in small letters."""
        return (super().to_python(value) or "").lower()


class UnNumberField(forms.CharField):
    """A UN number, with or without its letters."""

    def to_python(self, value: Any) -> str:
        """The number with its letters."""
        return normal_un_number(super().to_python(value) or "")


# Fields whose input is brought into its form before it is judged.
TIDY: Final[Mapping[str, type[forms.CharField]]] = {
    "handle": SmallField,
    "primary_currency": CapitalsField,
    "country_of_origin": CapitalsField,
    "un_number": UnNumberField,
}


# Values that the table has rules about together.
RULED: Final = (
    *(name for pair in ORDERED for name in pair),
    "sales_unit",
    "shows_unit_price",
    "excise_category",
    "sales_unit_quantity",
)


class DimensionsInput(TemplateInput, forms.MultiWidget):
    """Width, height, depth and their unit, side by side."""

    template_name = "catalog/dimensions.html"

    def __init__(self) -> None:
        length = {"class": " ".join(INPUT_CLASSES), "inputmode": "decimal", "autocomplete": "off"}
        names = {"width": _("Width"), "height": _("Height"), "depth": _("Depth"), "unit": _("Unit of lengths")}
        super().__init__(
            {
                name: forms.TextInput(attrs={**length, "aria-label": label, "placeholder": label})
                for name, label in names.items()
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """What is kept, one for each input."""
        return [(value or {}).get(name, "") for name in (*LENGTHS, "unit")]


class DimensionsField(forms.MultiValueField):
    """How large something is, as the command wants it."""

    def __init__(self, **kwargs: Any) -> None:
        lengths = [
            forms.DecimalField(required=False, max_digits=16, decimal_places=4, min_value=0) for _name in LENGTHS
        ]
        fields = [*lengths, forms.CharField(required=False, max_length=LONGEST_UNIT)]
        super().__init__(fields, require_all_fields=False, widget=DimensionsInput(), **kwargs)

    def compress(self, values: list[Any]) -> dict[str, Any]:
        """The values by name, empty ones left out."""
        return dict(normal_dimensions(dict(zip((*LENGTHS, "unit"), values or (), strict=False))))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what both mean."""
        try:
            return bool(self.clean(data) != (initial or {}))
        except ValidationError:
            return True


class ProductForm(CommandForm):
    """A product, with the tags and categories to choose from."""

    dimensions = DimensionsField(label=_("Dimensions"), required=False)
    gtu_codes = forms.MultipleChoiceField(
        label=_("GTU codes"),
        required=False,
        choices=[(code, code) for code in GTU_CODES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Groups of goods that Polish VAT records name."),
    )
    tag_ids: Any = many_field(ProductTagging, "tag", label=_("Tags"))
    category_ids: Any = many_field(
        CategoryAssignment,
        "category",
        label=_("Categories"),
        help_text=_("The first one is the main one."),
        select=CategoriesSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            return
        if "tag_ids" in self.fields:
            self.initial["tag_ids"] = ids_of(tags_of([self.instance.pk]).get(self.instance.pk, []))
        if "category_ids" in self.fields:
            self.initial["category_ids"] = ids_of(categories_of([self.instance.pk]).get(self.instance.pk, []))

    def _get_validation_exclusions(self) -> set[str]:
        """Leave rules over several values to the command, which says beside which one it is wrong."""
        return {*super()._get_validation_exclusions(), *RULED}  # type: ignore[misc]
