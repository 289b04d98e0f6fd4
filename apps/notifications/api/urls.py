from __future__ import annotations

from apps.kernel.api.routers import CommandRouter
from apps.notifications.api.views import MailViewSet

router = CommandRouter()
router.register("mails", MailViewSet, basename="notifications.mail")

urlpatterns = router.urls
