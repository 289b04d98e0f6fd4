from apps.customers.api.filters.deals import DealFilters
from apps.customers.api.filters.interactions import InteractionFilter
from apps.customers.api.filters.labels import LabelFilter
from apps.customers.api.filters.reaching import AddressFilter, ContactPointFilter
from apps.customers.api.filters.records import CustomerFilters

__all__ = ["AddressFilter", "ContactPointFilter", "CustomerFilters", "DealFilters", "InteractionFilter", "LabelFilter"]
