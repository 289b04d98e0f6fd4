from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.kernel.imports.api.views import (
    CheckView,
    ErrorsView,
    ImportsView,
    ImportView,
    PreviewView,
    StartView,
    StopView,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ImportsView.as_view(), name="kernel.imports"),
    path("<uuid:pk>/", ImportView.as_view(), name="kernel.import"),
    path("<uuid:pk>/preview/", PreviewView.as_view(), name="kernel.import.preview"),
    path("<uuid:pk>/check/", CheckView.as_view(), name="kernel.import.check"),
    path("<uuid:pk>/start/", StartView.as_view(), name="kernel.import.start"),
    path("<uuid:pk>/stop/", StopView.as_view(), name="kernel.import.stop"),
    path("<uuid:pk>/errors/", ErrorsView.as_view(), name="kernel.import.errors"),
]
