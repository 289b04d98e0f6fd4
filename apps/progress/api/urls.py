from __future__ import annotations

from apps.kernel.api.routers import CommandRouter
from apps.progress.api.views import JobViewSet

router = CommandRouter()
router.register("jobs", JobViewSet, basename="progress.job")

urlpatterns = router.urls
