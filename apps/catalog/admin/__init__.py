"""Back office pages of the catalog."""

from apps.catalog.admin.builder import variants_view
from apps.catalog.admin.categories import CategoryPage
from apps.catalog.admin.category_products import category_products_view
from apps.catalog.admin.category_tree import category_tree_view
from apps.catalog.admin.explaining import explained_view
from apps.catalog.admin.media import media_view
from apps.catalog.admin.offers import OfferPage
from apps.catalog.admin.option_schemas import OptionSchemaPage
from apps.catalog.admin.parts import parts_view, related_view
from apps.catalog.admin.price_changes import change_view
from apps.catalog.admin.price_grid import grid_view
from apps.catalog.admin.price_setup import PriceKindPage, PriceListPage
from apps.catalog.admin.prices import PricePage
from apps.catalog.admin.pricing_settings import settings_view
from apps.catalog.admin.products import ProductPage
from apps.catalog.admin.tags import ProductTagPage
from apps.catalog.admin.variants import UnitConversionPage, VariantPage

__all__ = [
    "CategoryPage",
    "OfferPage",
    "OptionSchemaPage",
    "PriceKindPage",
    "PriceListPage",
    "PricePage",
    "ProductPage",
    "ProductTagPage",
    "UnitConversionPage",
    "VariantPage",
    "category_products_view",
    "category_tree_view",
    "change_view",
    "explained_view",
    "grid_view",
    "media_view",
    "parts_view",
    "related_view",
    "settings_view",
    "variants_view",
]
