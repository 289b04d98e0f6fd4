from apps.catalog.api.filters.products import ProductFilters

__all__ = ["ProductFilters"]
