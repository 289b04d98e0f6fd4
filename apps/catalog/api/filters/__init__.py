from apps.catalog.api.filters.offers import OfferFilters

__all__ = ["OfferFilters"]
