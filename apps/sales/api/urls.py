from __future__ import annotations

from apps.kernel.api.routers import CommandRouter
from apps.sales.api.views import ChannelViewSet, TaxClassViewSet

router = CommandRouter()
router.register("channels", ChannelViewSet, basename="sales.channel")
router.register("tax-classes", TaxClassViewSet, basename="sales.tax_class")

urlpatterns = router.urls
