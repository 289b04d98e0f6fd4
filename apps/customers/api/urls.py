from __future__ import annotations

from django.urls import path

from apps.customers.api.views import (
    CompanyViewSet,
    ConsentViewSet,
    CustomerGroupViewSet,
    ErasureViewSet,
    PersonViewSet,
    SubjectExportView,
    TagViewSet,
)
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")
router.register("consents", ConsentViewSet, basename="customers.consent")
router.register("erasures", ErasureViewSet, basename="kernel.erasure")

urlpatterns = [
    path("people/<uuid:pk>/export/", SubjectExportView.as_view(), name="customers.person.export"),
    *router.urls,
]
