"""A URL configuration for houses without a back office: the REST interface alone."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("api/", include("apps.kernel.api.urls"))]
