from apps.customers.api.filters.deals import DealFilters
from apps.customers.api.filters.interactions import InteractionFilter
from apps.customers.api.filters.labels import LabelFilter

__all__ = ["DealFilters", "InteractionFilter", "LabelFilter"]
