from apps.customers.api.filters.deals import DealFilters
from apps.customers.api.filters.interactions import InteractionFilter
from apps.customers.api.filters.labels import LabelFilter
from apps.customers.api.filters.reaching import AddressFilter, ContactPointFilter

__all__ = ["AddressFilter", "ContactPointFilter", "DealFilters", "InteractionFilter", "LabelFilter"]
