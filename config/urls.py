"""Routes of the house."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from apps.backoffice.site import site
from apps.kernel.eventbus.stream.views import StreamView
from apps.kernel.web.guards import public

to_back_office = public("it only shows the way")(RedirectView.as_view(pattern_name="admin:index"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", to_back_office),
    path("admin/", to_back_office),
    path("backend/", site.urls),
    path("api/events/stream/", StreamView.as_view(), name="kernel.events.stream"),
    path("api/", include("apps.kernel.api.urls")),
    path("", include("apps.auth.web.urls")),
]

handler400 = "apps.kernel.web.errors.bad_request"
handler403 = "apps.kernel.web.errors.forbidden"
handler404 = "apps.kernel.web.errors.not_found"
handler500 = "apps.kernel.web.errors.server_error"
