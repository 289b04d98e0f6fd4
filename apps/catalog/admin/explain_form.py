"""What the page that explains a price is asked: who buys how much, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.catalog.contracts import PriceRequest
from apps.catalog.models import Price, Product, UnitConversion, Variant
from apps.catalog.selectors.questions import QUANTITY_DIGITS, QUANTITY_PLACES
from apps.currencies.contracts import CurrencyBook
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.fields import ReferenceChoice, ReferenceSelect
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.moments import MomentInput
from apps.kernel.errors import PlatformError
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

CURRENCIES: Final = "cp-currencies"
MOST_VARIANTS: Final = 200
ONE: Final = "1"


class ExplainForm(forms.Form):
    """Who buys how much of the product, where and when."""

    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=QUANTITY_DIGITS,
        decimal_places=QUANTITY_PLACES,
        min_value=Decimal("0.000001"),
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        widget=forms.TextInput(attrs={"list": CURRENCIES, "autocomplete": "off", "maxlength": 3}),
        error_messages={"invalid": _("A currency is a code of three capital letters, such as EUR.")},
    )
    variant_id: Any = forms.ChoiceField(label=_("Variant"), required=False)
    channel_id: Any = forms.ModelChoiceField(queryset=None, label=_("Channel"), required=False)
    customer_id: Any = None
    at = forms.DateTimeField(label=_("Sold on"), required=False, widget=MomentInput, help_text=_("Empty: now."))
    known_at = forms.DateTimeField(
        label=_("As known on"), required=False, widget=MomentInput, help_text=_("Empty: as known today.")
    )

    def __init__(self, data: Any, *, product: Product, request: HttpRequest) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = _units(product)
        fields["variant_id"].choices = _variants(product)
        fields["channel_id"].queryset = ENTITIES["sales.channel"].living().order_by("name", "pk")
        self._add_customer(request)
        self.order_fields(("quantity", "unit", "currency", "variant_id", "channel_id", "customer_id", "at", "known_at"))
        dress(self)

    def _add_customer(self, request: HttpRequest) -> None:
        """Offer customers, where they are kept here."""
        column: Any = Price._meta.get_field("customer_id")
        if column.is_available:
            widget = ReferenceSelect(column, labels_of(request))
            self.fields["customer_id"] = ReferenceChoice(required=False, label=_("Customer"), widget=widget)

    def request(self, product: Product) -> PriceRequest:
        """The checked question."""
        given = self.cleaned_data
        variant, channel = given["variant_id"], given["channel_id"]
        return PriceRequest(
            product_id=product.pk,
            currency=given["currency"],
            variant_id=UUID(variant) if variant else None,
            quantity=given["quantity"],
            unit=given["unit"],
            at=given["at"],
            known_at=given["known_at"],
            channel_id=None if channel is None else channel.pk,
            customer_id=given.get("customer_id"),
        )


def asked_values(given: Mapping[str, str], product: Product, codes: list[str]) -> dict[str, str]:
    """What stands in the address, and what is usual in the place of what does not."""
    usual = {"quantity": ONE, "currency": product.primary_currency or next(iter(codes), "")}
    return usual | {name: value for name, value in given.items() if name not in usual or value}


def currency_codes() -> list[str]:
    """Currencies of the organization, the base first; none where it has none or none is selected."""
    try:
        active = service(CurrencyBook).active()
    except PlatformError:
        return []
    return [item.code for item in sorted(active, key=lambda item: (not item.is_base, item.code))]


def _units(product: Product) -> list[tuple[str, str]]:
    rows = UnitConversion.objects.filter(product=product, deleted_at__isnull=True, is_active=True)
    further = rows.order_by("position", "unit").values_list("unit", flat=True)
    return [("", str(product.unit or _("base unit"))), *((unit, unit) for unit in further)]


def _variants(product: Product) -> list[tuple[str, str]]:
    rows = Variant.objects.filter(product=product, deleted_at__isnull=True).order_by("position", "name", "pk")
    found = rows.values_list("pk", "name", "sku")[:MOST_VARIANTS]
    named = [(str(pk), f"{name} ({sku})" if sku else name) for pk, name, sku in found]
    return [("", str(_("the product itself"))), *named]
