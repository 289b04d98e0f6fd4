"""The page on which a tenant says how its prices are ranked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.contracts import Layer
from apps.catalog.features import MANAGE_SETTINGS
from apps.catalog.selectors import pricing_settings
from apps.catalog.services import update_pricing_settings
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

PAGE = "catalog_pricing_settings"
WORDS = {
    Layer.BASE: gettext_lazy("Prices for everybody"),
    Layer.CHANNEL: gettext_lazy("Prices of a channel, or of the listing of a product in one"),
    Layer.GROUP: gettext_lazy("Prices of a customer group, or of a role"),
    Layer.CUSTOMER: gettext_lazy("Prices of one customer, or of one user"),
    Layer.PROMOTION: gettext_lazy("Promotions"),
}


class SettingsForm(forms.Form):
    """The place of each layer, 1 for the weakest, and what promotions may do."""

    only_cheaper_promotions = forms.BooleanField(
        label=gettext_lazy("Promotions only lower prices"),
        required=False,
        help_text=gettext_lazy("A promotion that would cost more than the price without it is left out."),
    )
    shows_unit_prices = forms.BooleanField(label=gettext_lazy("Prices per unit are shown"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(place), str(place)) for place in range(1, len(Layer) + 1)]
        own = {f"layer_{layer.value}": forms.ChoiceField(label=WORDS[layer], choices=places) for layer in Layer}
        self.fields = {**own, **self.fields}
        dress(self)

    @property
    def layer_fields(self) -> list[Any]:
        """The places of layers."""
        return [self[f"layer_{layer.value}"] for layer in Layer]

    def arguments(self) -> dict[str, Any]:
        """Input of the command."""
        given = self.cleaned_data
        places = {int(given[f"layer_{layer.value}"]): int(layer) for layer in Layer}
        return {
            "layers": [places[place] for place in sorted(places)],
            "only_cheaper_promotions": given["only_cheaper_promotions"],
            "shows_unit_prices": given["shows_unit_prices"],
        }


@own_page(OwnPage(PAGE, "catalog/pricing-settings/", MANAGE_SETTINGS))
def settings_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the settings, or save them."""
    found = pricing_settings()
    initial = {f"layer_{layer}": str(place) for place, layer in enumerate(found.layers, start=1)}
    initial |= {name: getattr(found, name) for name in ("only_cheaper_promotions", "shows_unit_prices")}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            run(update_pricing_settings, **form.arguments())
        except PlatformError as error:
            if not is_form_error(error):
                raise
            add_refusal(form, error)
        else:
            say(request, _("The settings of prices were saved."))
            return HttpResponseRedirect(reverse(f"admin:{PAGE}"))
    context = {**site.each_context(request), "title": _("Settings of prices"), "form": form}
    return TemplateResponse(request, "catalog/pricing_settings.html", context)
