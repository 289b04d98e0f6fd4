from __future__ import annotations

from django.apps import AppConfig
from django.urls import URLPattern, URLResolver, include, path, re_path

from apps.kernel.api.schema.document import DocsView, SchemaView
from apps.kernel.api.unknown import unknown_address
from apps.kernel.registry.modules import declared_file, modules


def _has_routes(config: AppConfig) -> bool:
    return declared_file(config, "api") is not None and declared_file(config, "api.urls") is not None


urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path(f"{config.manifest.id}/", include(f"{config.name}.api.urls"))
        for config in modules()
        if _has_routes(config)
    ),
    path("imports/", include("apps.kernel.imports.api.urls")),
    path("schema/", SchemaView.as_view(), name="kernel.api.schema"),
    path("docs/", DocsView.as_view(), name="kernel.api.docs"),
    re_path(r"", unknown_address),
]
