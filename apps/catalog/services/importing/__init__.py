from apps.catalog.services.importing.prices import PriceTarget
from apps.catalog.services.importing.products import ProductTarget
from apps.catalog.services.importing.variants import VariantTarget

__all__ = ["PriceTarget", "ProductTarget", "VariantTarget"]
