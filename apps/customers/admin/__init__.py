"""Back office pages of people, companies, tags and groups."""

from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage

__all__ = ["CompanyPage", "CustomerGroupPage", "PersonPage", "TagPage"]
