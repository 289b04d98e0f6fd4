from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.search.api.views import PaletteView, RebuildView, SearchView, SettingsView, StatusView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", SearchView.as_view(), name="search.search"),
    path("palette/", PaletteView.as_view(), name="search.palette"),
    path("settings/", SettingsView.as_view(), name="search.settings"),
    path("status/", StatusView.as_view(), name="search.status"),
    path("rebuild/", RebuildView.as_view(), name="search.rebuild"),
]
