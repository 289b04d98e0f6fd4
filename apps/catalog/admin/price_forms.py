"""Forms of one price: a new one, and its correction."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.price_inputs import entered_text, moment_field, number_field, quantity_field
from apps.catalog.models import PriceKind
from apps.kernel.admin.forms import CommandForm
from apps.kernel.money import currency_places

TAX = (("", _("as the kind says")), ("false", _("without tax")), ("true", _("with tax")))


def tax_field() -> forms.TypedChoiceField:
    """Whether the amount is with tax; "" leaves it to the kind."""
    return forms.TypedChoiceField(
        label=_("Tax"),
        choices=TAX,
        required=False,
        coerce=lambda text: text == "true",
        empty_value=None,
    )


class JudgedForm(CommandForm):
    """A form whose rules the command judges: it names the field, and constraints of the database do not."""

    def _get_validation_exclusions(self) -> set[str]:
        """Have the model look at no column: constraints of excluded ones are left out."""
        return {field.name for field in self._meta.model._meta.fields}


class NewPriceForm(JudgedForm):
    """A price that somebody enters."""

    amount = number_field(_("Amount"), min_value=0, help_text=_("For one base unit."))
    includes_tax = tax_field()
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Empty for that of the list or the kind.")
    )
    min_quantity = quantity_field(_("From quantity"), initial=1)
    max_quantity = quantity_field(_("Up to quantity"), required=False, help_text=_("Included. Empty for any more."))
    valid_from = moment_field(_("Valid from"))
    valid_until = moment_field(_("Valid until"), help_text=_("It no longer counts at this moment."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.queryset = PriceKind.objects.filter(deleted_at__isnull=True).order_by("title")


class PriceCorrectionForm(JudgedForm):
    """What a price should be."""

    amount = number_field(
        _("Amount"),
        min_value=0,
        help_text=_("Another amount corrects this one from now on. The former one stays on record below."),
    )
    includes_tax = tax_field()
    min_quantity = quantity_field(_("From quantity"))
    max_quantity = quantity_field(_("Up to quantity"), required=False, help_text=_("Included. Empty for any more."))
    valid_from = moment_field(_("Valid from"))
    valid_until = moment_field(_("Valid until"), help_text=_("It no longer counts at this moment."))
    numbers: ClassVar[tuple[str, ...]] = ("min_quantity", "max_quantity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.instance
        if price.amount is None or price.valid is None:
            return
        self.initial["amount"] = entered_text(price.amount, places=currency_places(price.currency))
        self.initial["includes_tax"] = "true" if price.includes_tax else "false"
        self.initial.update({name: entered_text(getattr(price, name)) for name in self.numbers})
        self.initial.update({"valid_from": price.valid.lower, "valid_until": price.valid.upper})
