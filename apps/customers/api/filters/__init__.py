from apps.customers.api.filters.deals import DealFilters
from apps.customers.api.filters.interactions import InteractionFilter

__all__ = ["DealFilters", "InteractionFilter"]
