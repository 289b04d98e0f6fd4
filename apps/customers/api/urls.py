from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.customers.api.views import CompanyViewSet, CustomerGroupViewSet, PersonViewSet, TagViewSet
from apps.customers.api.views.calendar import CalendarFileView, ConflictsView, OccurrencesView, TasksView
from apps.customers.api.views.interactions import InteractionViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")
router.register("interactions", InteractionViewSet, basename="customers.interaction")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("interactions/occurrences/", OccurrencesView.as_view(), name="customers.interaction.occurrences"),
    path("interactions/conflicts/", ConflictsView.as_view(), name="customers.interaction.conflicts"),
    path("interactions/tasks/", TasksView.as_view(), name="customers.interaction.tasks"),
    path("interactions/calendar.ics/", CalendarFileView.as_view(), name="customers.interaction.calendar"),
]
