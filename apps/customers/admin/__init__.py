"""Back office pages of people, companies, deals and their board, pipelines, tags and groups."""

from apps.customers.admin.board import board_view
from apps.customers.admin.board_demands import demands_view
from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.deals import DealPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage
from apps.customers.admin.pipelines import PipelinePage

__all__ = [
    "CompanyPage",
    "CustomerGroupPage",
    "DealPage",
    "PersonPage",
    "PipelinePage",
    "TagPage",
    "board_view",
    "demands_view",
]
