"""Back office pages of people, companies, tags and groups."""

from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage
from apps.customers.admin.talking import CommentPage, LabelPage

__all__ = ["CommentPage", "CompanyPage", "CustomerGroupPage", "LabelPage", "PersonPage", "TagPage"]
