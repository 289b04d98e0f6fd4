from __future__ import annotations

from apps.backoffice.api.views import ViewViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("views", ViewViewSet, basename="backoffice.view")

urlpatterns = router.urls
