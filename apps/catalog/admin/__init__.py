"""Back office pages of the catalog."""

from apps.catalog.admin.builder import variants_view
from apps.catalog.admin.option_schemas import OptionSchemaPage
from apps.catalog.admin.parts import parts_view, related_view
from apps.catalog.admin.products import ProductPage
from apps.catalog.admin.tags import ProductTagPage
from apps.catalog.admin.variants import UnitConversionPage, VariantPage

__all__ = [
    "OptionSchemaPage",
    "ProductPage",
    "ProductTagPage",
    "UnitConversionPage",
    "VariantPage",
    "parts_view",
    "related_view",
    "variants_view",
]
