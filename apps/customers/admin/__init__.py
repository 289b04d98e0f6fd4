"""Back office pages of people, companies, tags and groups, of duplicates and of merging."""

from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.duplicates import duplicates_view
from apps.customers.admin.marks import CustomerGroupPage, TagPage
from apps.customers.admin.merging import merge_view

__all__ = ["CompanyPage", "CustomerGroupPage", "PersonPage", "TagPage", "duplicates_view", "merge_view"]
