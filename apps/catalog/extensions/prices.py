"""What the catalog adds elsewhere: links of the navigation, tabs of products, actions on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import MANAGE_PRICING, MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.kernel.extensions.actions import RecordAction, record_action
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.tabs import RecordTab, record_tab


def prices_of(product: Any) -> str:
    """Where the prices of a product are edited."""
    return f"{reverse('admin:catalog_price_grid')}?product={product.pk}"


def change_prices_of(ids: Sequence[UUID]) -> str:
    """Where the prices of selected products are changed."""
    return f"{reverse('admin:catalog_price_change_many')}?product={','.join(map(str, ids))}"


record_tab(RecordTab("catalog.prices", _("Prices"), "catalog.product", prices_of, features=(VIEW_PRODUCTS,)))
record_action(
    RecordAction(
        "catalog.change_prices",
        "catalog.product",
        _("Change prices"),
        address=change_prices_of,
        in_bulk=True,
        features=(MANAGE_PRICING,),
    )
)
menu_item(
    MenuItem(
        "catalog.change_many_prices",
        _("Change prices"),
        "admin:catalog_price_change_many",
        icon="price_change",
        group="catalog",
        priority=-65,
        features=(MANAGE_PRICING,),
    )
)
menu_item(
    MenuItem(
        "catalog.pricing_settings",
        _("Settings of prices"),
        "admin:catalog_pricing_settings",
        icon="tune",
        group="catalog",
        priority=-90,
        features=(MANAGE_SETTINGS,),
    )
)
