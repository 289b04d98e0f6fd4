"""What happens to products and prices. Those that are names only come from images of rows; nothing emits them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.catalog.contracts import PriceAnswers, PriceQuestions
from apps.kernel.eventbus.hooks import hook

PRODUCT_CREATED = "catalog.product.created"
PRODUCT_UPDATED = "catalog.product.updated"
PRODUCT_DELETED = "catalog.product.deleted"
VARIANT_CREATED = "catalog.variant.created"
VARIANT_UPDATED = "catalog.variant.updated"
VARIANT_DELETED = "catalog.variant.deleted"
CATEGORY_CREATED = "catalog.category.created"
CATEGORY_UPDATED = "catalog.category.updated"
CATEGORY_DELETED = "catalog.category.deleted"
OFFER_CREATED = "catalog.offer.created"
OFFER_UPDATED = "catalog.offer.updated"
OFFER_DELETED = "catalog.offer.deleted"
PRICE_CREATED = "catalog.price.created"
PRICE_UPDATED = "catalog.price.updated"
PRICE_DELETED = "catalog.price.deleted"
PRICE_LIST_CREATED = "catalog.price_list.created"
PRICE_LIST_UPDATED = "catalog.price_list.updated"
PRICE_LIST_DELETED = "catalog.price_list.deleted"

# Other modules may change what prices are found from, and the prices: `catalog.pricing.resolve.before` and `.after`.
PRICING_RESOLVE = hook(
    "catalog.pricing.resolve", given=PriceQuestions, answer=PriceAnswers, label=_("Prices are found")
)
