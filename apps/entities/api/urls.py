from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.entities.api.views.definitions import DefinitionViewSet
from apps.entities.api.views.indexes import IndexesView
from apps.entities.api.views.records import RecordViewSet
from apps.entities.api.views.types import RecordTypeViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("definitions", DefinitionViewSet, basename="entities.definition")
router.register("types", RecordTypeViewSet, basename="entities.type")
router.register("<slug:type_key>/records", RecordViewSet, basename="entities.record")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("indexes/", IndexesView.as_view(), name="entities.indexes"),
]
