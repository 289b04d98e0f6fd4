from __future__ import annotations

from apps.customers.api.views import CompanyViewSet, CustomerGroupViewSet, PersonViewSet, TagViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("tags", TagViewSet, basename="customers.tag")
router.register("groups", CustomerGroupViewSet, basename="customers.customer_group")
router.register("companies", CompanyViewSet, basename="customers.company")
router.register("people", PersonViewSet, basename="customers.person")

urlpatterns = router.urls
