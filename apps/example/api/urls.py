from __future__ import annotations

from apps.example.api.views import ReminderViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("reminders", ReminderViewSet, basename="example.reminder")

urlpatterns = router.urls
