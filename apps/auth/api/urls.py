from __future__ import annotations

from django.urls import URLPattern, URLResolver

from apps.kernel.api.routers import CommandRouter

router = CommandRouter()

urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
