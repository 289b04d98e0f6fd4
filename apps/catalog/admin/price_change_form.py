"""The form of a change of many prices: which prices, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.price_inputs import moment_field, number_field
from apps.catalog.calculations.changes import PriceChange
from apps.catalog.models import Category, PriceKind, PriceList, ProductTag
from apps.catalog.selectors import PriceChoice, currencies_of_prices
from apps.kernel.admin.dressing import dress

MOST_CHOICES = 500
MOST_PRODUCTS = 1000
WHICH = ("kind", "price_list", "currency", "category", "tag")
HOW = ("percent", "amount", "round_to", "ending", "valid_from")


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A category, with its depth in the tree."""

    def label_from_instance(self, obj: Any) -> str:
        """Its name behind a dash for each level."""
        return f"{'– ' * obj.depth}{obj.name}"


def _choice(field: Any, label: Any, **options: Any) -> Any:
    return field(queryset=None, label=label, required=False, empty_label=_("all"), **options)


class ChangeForm(forms.Form):
    """Which prices become what, and since when."""

    kind = _choice(forms.ModelChoiceField, _("Kind of price"))
    price_list = _choice(forms.ModelChoiceField, _("Price list"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    category = _choice(CategoryField, _("Category and below"))
    tag = _choice(forms.ModelChoiceField, _("Product tag"))
    percent = number_field(
        _("Change (%)"), digits=9, required=False, help_text=_("5 makes 10.00 to 10.50, -5 to 9.50.")
    )
    amount = number_field(_("Change (amount)"), required=False, help_text=_("In place of a percentage."))
    round_to = number_field(
        _("Round to"), required=False, min_value=0, help_text=_("0.05 makes amounts multiples of five hundredths.")
    )
    ending = number_field(_("Ending"), required=False, min_value=0, help_text=_("0.99 makes 12.40 to 11.99."))
    valid_from = moment_field(
        _("From"), help_text=_("Until then the prices of today count. Empty: they are corrected at once.")
    )

    def __init__(self, data: Any, *, products: Sequence[UUID] = ()) -> None:
        super().__init__(data)
        self.products = tuple(products)
        fields: dict[str, Any] = self.fields
        fields["kind"].queryset = PriceKind.objects.filter(deleted_at__isnull=True).order_by("title")
        fields["price_list"].queryset = PriceList.objects.filter(deleted_at__isnull=True).order_by("name")
        fields["category"].queryset = Category.objects.filter(deleted_at__isnull=True).order_by("path")[:MOST_CHOICES]
        fields["tag"].queryset = ProductTag.objects.filter(deleted_at__isnull=True).order_by("label")[:MOST_CHOICES]
        fields["currency"].choices = [("", _("all")), *((code, code) for code in currencies_of_prices())]
        for name in ("category", "tag"):
            fields[name].to_python = _looked_up(fields[name])
        dress(self)

    @property
    def which(self) -> list[Any]:
        """Inputs that choose prices."""
        return [self[name] for name in WHICH]

    @property
    def how(self) -> list[Any]:
        """Inputs that say what becomes of them."""
        return [self[name] for name in HOW]

    def arguments(self) -> dict[str, Any]:
        """Input of the preview and of the command."""
        given = self.cleaned_data
        ids = {name: getattr(given[name], "pk", None) for name in ("kind", "price_list", "category", "tag")}
        choice = PriceChoice(
            kind_id=ids["kind"],
            price_list_id=ids["price_list"],
            currency=given["currency"],
            category_id=ids["category"],
            tag_id=ids["tag"],
            product_ids=self.products,
        )
        change = PriceChange(given["percent"], given["amount"], given["round_to"], given["ending"])
        valid_from: datetime | None = given["valid_from"]
        return {"choice": choice, "change": change, "valid_from": valid_from}


def _looked_up(field: Any) -> Any:
    """Choose among what is offered: a query that is cut off cannot be filtered further."""

    def to_python(value: Any) -> Any:
        if value in field.empty_values:
            return None
        found = next((row for row in field.queryset if str(row.pk) == str(value)), None)
        if found is None:
            raise forms.ValidationError(field.error_messages["invalid_choice"], code="invalid_choice")
        return found

    return to_python
