"""Back office pages of people, companies, tags and groups."""

from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage
from apps.customers.admin.privacy import ConsentPage, ErasurePage

__all__ = ["CompanyPage", "ConsentPage", "CustomerGroupPage", "ErasurePage", "PersonPage", "TagPage"]
