from apps.catalog.api.filters.offers import OfferFilters
from apps.catalog.api.filters.prices import PriceFilter
from apps.catalog.api.filters.products import ProductFilters

__all__ = ["OfferFilters", "PriceFilter", "ProductFilters"]
