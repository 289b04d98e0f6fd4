from apps.catalog.api.filters.prices import PriceFilter

__all__ = ["PriceFilter"]
