from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.dashboards.api.views import CatalogView, DashboardViewSet, DataView, FiguresView, StartView
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("dashboards", DashboardViewSet, basename="dashboards.dashboard")

urlpatterns: list[URLPattern | URLResolver] = [
    path("catalog/", CatalogView.as_view(), name="dashboards.catalog"),
    path("data/", DataView.as_view(), name="dashboards.data"),
    path("figures/", FiguresView.as_view(), name="dashboards.figures"),
    path("start/", StartView.as_view(), name="dashboards.start"),
    *router.urls,
]
