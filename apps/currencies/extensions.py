"""What currencies adds to the navigation beside the pages of its records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.currencies.features import VIEW_RATES
from apps.kernel.extensions.menu import MenuItem, menu_item

# Between the rates, which they show, and the fetching of them.
menu_item(
    MenuItem(
        "currencies.chart",
        _("Rate chart"),
        "admin:currencies_chart",
        icon="show_chart",
        group="currencies",
        priority=-30,
        features=(VIEW_RATES,),
    )
)
menu_item(
    MenuItem(
        "currencies.converter",
        _("Converter"),
        "admin:currencies_converter",
        icon="calculate",
        group="currencies",
        priority=-40,
        features=(VIEW_RATES,),
    )
)
