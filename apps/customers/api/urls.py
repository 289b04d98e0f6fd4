from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.customers.api.views import (
    CompanyViewSet,
    ConsentViewSet,
    ConversionView,
    CustomerGroupViewSet,
    DealViewSet,
    EmploymentsView,
    EmploymentView,
    ErasureViewSet,
    PersonViewSet,
    PipelineViewSet,
    StageViewSet,
    SubjectExportView,
    TagViewSet,
    TransitionViewSet,
)
from apps.customers.api.views.calendar import CalendarFileView, ConflictsView, OccurrencesView, TasksView
from apps.customers.api.views.duplicates import CheckView, DismissView, DuplicatesView
from apps.customers.api.views.figures import DealBoardView, DealKpiView, DealLaneView
from apps.customers.api.views.interactions import InteractionViewSet
from apps.customers.api.views.reaching import AddressViewSet, ContactPointViewSet
from apps.customers.api.views.talking import CommentViewSet, FollowerViewSet, LabelViewSet
from apps.customers.api.views.timeline import CompanyTimelineView, DealTimelineView, PersonTimelineView
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")
router.register("addresses", AddressViewSet, basename="customers.address")
router.register("contact-points", ContactPointViewSet, basename="customers.contact_point")
router.register("pipelines", PipelineViewSet, basename="customers.pipeline")
router.register("stages", StageViewSet, basename="customers.stage")
router.register("deals", DealViewSet, basename="customers.deal")
router.register("stage-transitions", TransitionViewSet, basename="customers.stage_transition")
router.register("interactions", InteractionViewSet, basename="customers.interaction")
router.register("consents", ConsentViewSet, basename="customers.consent")
router.register("erasures", ErasureViewSet, basename="kernel.erasure")
router.register("comments", CommentViewSet, basename="customers.comment")
router.register("labels", LabelViewSet, basename="customers.label")
router.register("followers", FollowerViewSet, basename="customers.follower")

urlpatterns: list[URLPattern | URLResolver] = [
    path("deals/kpis/", DealKpiView.as_view(), name="customers.deal-kpis"),
    path("deals/board/", DealBoardView.as_view(), name="customers.deal-board"),
    path("deals/board/cards/", DealLaneView.as_view(), name="customers.deal-lane"),
    path("people/<uuid:pk>/companies/", EmploymentsView.as_view(), name="customers.person-companies"),
    path("people/<uuid:pk>/companies/<uuid:employment_id>/", EmploymentView.as_view(), name="customers.person-company"),
    path("people/<uuid:pk>/export/", SubjectExportView.as_view(), name="customers.person.export"),
    path("people/<uuid:pk>/timeline/", PersonTimelineView.as_view(), name="customers.person-timeline"),
    path("companies/<uuid:pk>/timeline/", CompanyTimelineView.as_view(), name="customers.company-timeline"),
    path("deals/<uuid:pk>/timeline/", DealTimelineView.as_view(), name="customers.deal-timeline"),
    path("people/<uuid:pk>/convert/", ConversionView.as_view(), name="customers.person-convert"),
    path("interactions/occurrences/", OccurrencesView.as_view(), name="customers.interaction.occurrences"),
    path("interactions/conflicts/", ConflictsView.as_view(), name="customers.interaction.conflicts"),
    path("interactions/tasks/", TasksView.as_view(), name="customers.interaction.tasks"),
    path("interactions/calendar.ics/", CalendarFileView.as_view(), name="customers.interaction.calendar"),
    path("duplicates/", DuplicatesView.as_view(), name="customers.duplicates"),
    path("duplicates/check/", CheckView.as_view(), name="customers.duplicates.check"),
    path("duplicates/dismiss/", DismissView.as_view(), name="customers.duplicates.dismiss"),
    *router.urls,
]
