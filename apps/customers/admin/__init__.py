"""Back office pages of people, companies, tags and groups, and the board of deals."""

from apps.customers.admin.board import board_view
from apps.customers.admin.board_demands import demands_view
from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage

__all__ = ["CompanyPage", "CustomerGroupPage", "PersonPage", "TagPage", "board_view", "demands_view"]
