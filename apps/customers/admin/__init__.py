"""Back office pages of people, companies, tags and groups, and of interactions with their calendar and tasks."""

from apps.customers.admin.calendar import calendar_view
from apps.customers.admin.customers import CompanyPage, PersonPage
from apps.customers.admin.interactions import InteractionPage
from apps.customers.admin.marks import CustomerGroupPage, TagPage
from apps.customers.admin.occurrence import occurrence_view
from apps.customers.admin.tasks import tasks_view

__all__ = [
    "CompanyPage",
    "CustomerGroupPage",
    "InteractionPage",
    "PersonPage",
    "TagPage",
    "calendar_view",
    "occurrence_view",
    "tasks_view",
]
