from __future__ import annotations

from django.urls import path

from apps.customers.api.views import CompanyViewSet, CustomerGroupViewSet, PersonViewSet, TagViewSet
from apps.customers.api.views.talking import CommentViewSet, FollowerViewSet, LabelViewSet
from apps.customers.api.views.timeline import CompanyTimelineView, PersonTimelineView
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")
router.register("comments", CommentViewSet, basename="customers.comment")
router.register("labels", LabelViewSet, basename="customers.label")
router.register("followers", FollowerViewSet, basename="customers.follower")

urlpatterns = [
    *router.urls,
    path("people/<uuid:pk>/timeline/", PersonTimelineView.as_view(), name="customers.person-timeline"),
    path("companies/<uuid:pk>/timeline/", CompanyTimelineView.as_view(), name="customers.company-timeline"),
]
