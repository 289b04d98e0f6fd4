from apps.catalog.api.filters.categories import CategoryFilters
from apps.catalog.api.filters.offers import OfferFilters
from apps.catalog.api.filters.prices import PriceFilter
from apps.catalog.api.filters.products import ProductFilters
from apps.catalog.api.filters.variants import VariantFilters

__all__ = ["CategoryFilters", "OfferFilters", "PriceFilter", "ProductFilters", "VariantFilters"]
