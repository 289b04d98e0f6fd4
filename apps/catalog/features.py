"""What may be allowed with products, what belongs to them, and their prices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_PRODUCTS = feature("catalog.products.view", _("See products, their variants and prices"))
MANAGE_PRODUCTS = feature(
    "catalog.products.manage", _("Add, change and archive products"), implies=("catalog.products.view",)
)
MANAGE_VARIANTS = feature(
    "catalog.variants.manage", _("Add, change and archive variants"), implies=("catalog.products.view",)
)
VIEW_CATEGORIES = feature("catalog.categories.view", _("See categories"))
MANAGE_CATEGORIES = feature(
    "catalog.categories.manage", _("Add, change, move and delete categories"), implies=("catalog.categories.view",)
)
VIEW_OFFERS = feature("catalog.offers.view", _("See offers"), implies=("catalog.products.view",))
MANAGE_OFFERS = feature("catalog.offers.manage", _("Add, change and delete offers"), implies=("catalog.offers.view",))
MANAGE_PRICING = feature("catalog.pricing.manage", _("Set prices and price lists"), implies=("catalog.products.view",))
MANAGE_SETTINGS = feature(
    "catalog.settings.manage",
    _("Set up the catalog: price kinds, option schemas, the order of prices"),
    implies=("catalog.products.view",),
)
