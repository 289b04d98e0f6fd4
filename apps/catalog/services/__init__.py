from apps.catalog.services.importing.prices import load_prices
from apps.catalog.services.importing.products import load_products
from apps.catalog.services.importing.variants import load_variants
from apps.catalog.services.media import set_product_media, set_variant_media

__all__ = ["load_prices", "load_products", "load_variants", "set_product_media", "set_variant_media"]
