"""Back office pages of people, companies, tags and groups, and the board of deals."""

from apps.customers.admin.board import board_view
from apps.customers.admin.board_demands import demands_view
from apps.customers.admin.calendar import calendar_view
from apps.customers.admin.calendar_moves import move_view
from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.deals import DealPage
from apps.customers.admin.duplicates import duplicates_view
from apps.customers.admin.interactions import InteractionPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage
from apps.customers.admin.merging import merge_view
from apps.customers.admin.occurrence import occurrence_view
from apps.customers.admin.pipelines import PipelinePage
from apps.customers.admin.privacy import ConsentPage, ErasurePage
from apps.customers.admin.talking import CommentPage, LabelPage
from apps.customers.admin.tasks import tasks_view

__all__ = [
    "CommentPage",
    "CompanyPage",
    "ConsentPage",
    "CustomerGroupPage",
    "DealPage",
    "ErasurePage",
    "InteractionPage",
    "LabelPage",
    "PersonPage",
    "PipelinePage",
    "TagPage",
    "board_view",
    "calendar_view",
    "demands_view",
    "duplicates_view",
    "merge_view",
    "move_view",
    "occurrence_view",
    "tasks_view",
]
