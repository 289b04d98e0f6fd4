from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.customers.api.views import (
    CheckView,
    CompanyViewSet,
    CustomerGroupViewSet,
    DismissView,
    DuplicatesView,
    PersonViewSet,
    TagViewSet,
)
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("duplicates/", DuplicatesView.as_view(), name="customers.duplicates"),
    path("duplicates/check/", CheckView.as_view(), name="customers.duplicates.check"),
    path("duplicates/dismiss/", DismissView.as_view(), name="customers.duplicates.dismiss"),
]
