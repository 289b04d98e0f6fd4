"""Back office pages of the catalog."""

from apps.catalog.admin.builder import variants_view
from apps.catalog.admin.parts import parts_view, related_view
from apps.catalog.admin.variants import UnitConversionPage, VariantPage

__all__ = ["UnitConversionPage", "VariantPage", "parts_view", "related_view", "variants_view"]
