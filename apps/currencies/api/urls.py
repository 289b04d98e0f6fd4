from __future__ import annotations

from apps.currencies.api.views import CurrencyViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("currencies", CurrencyViewSet, basename="currencies.currency")

urlpatterns = router.urls
