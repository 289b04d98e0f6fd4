from __future__ import annotations

from apps.directory.api.views import OrganizationViewSet, TenantViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("organizations", OrganizationViewSet, basename="directory.organization")
router.register("tenants", TenantViewSet, basename="directory.tenant")

urlpatterns = router.urls
