from __future__ import annotations

from django.urls import path

from apps.customers.api.views import (
    CompanyViewSet,
    ConversionView,
    CustomerGroupViewSet,
    DealViewSet,
    EmploymentsView,
    EmploymentView,
    PersonViewSet,
    PipelineViewSet,
    StageViewSet,
    TagViewSet,
    TransitionViewSet,
)
from apps.customers.api.views.figures import DealBoardView, DealKpiView, DealLaneView
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")
router.register("pipelines", PipelineViewSet, basename="customers.pipeline")
router.register("stages", StageViewSet, basename="customers.stage")
router.register("deals", DealViewSet, basename="customers.deal")
router.register("stage-transitions", TransitionViewSet, basename="customers.stage_transition")

urlpatterns = [
    path("people/<uuid:pk>/companies/", EmploymentsView.as_view(), name="customers.person-companies"),
    path("people/<uuid:pk>/companies/<uuid:employment_id>/", EmploymentView.as_view(), name="customers.person-company"),
    path("people/<uuid:pk>/convert/", ConversionView.as_view(), name="customers.person-convert"),
    path("deals/kpis/", DealKpiView.as_view(), name="customers.deal-kpis"),
    path("deals/board/", DealBoardView.as_view(), name="customers.deal-board"),
    path("deals/board/cards/", DealLaneView.as_view(), name="customers.deal-lane"),
    *router.urls,
]
