from __future__ import annotations

from apps.customers.api.views import (
    CompanyViewSet,
    ConsentViewSet,
    CustomerGroupViewSet,
    ErasureViewSet,
    PersonViewSet,
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

urlpatterns = router.urls
