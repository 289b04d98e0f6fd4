"""Routes of the house."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from apps.backoffice.site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", RedirectView.as_view(pattern_name="admin:index")),
    path("backend/", site.urls),
    path("api/", include("apps.kernel.api.urls")),
]
