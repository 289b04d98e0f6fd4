from __future__ import annotations

from django.urls import path

from apps.audit_logs.api.views.actions import ActionViewSet
from apps.audit_logs.api.views.reads import ReadAccessViewSet
from apps.audit_logs.api.views.records import RecordHistoryViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("actions", ActionViewSet, basename="audit_logs.action")
router.register("reads", ReadAccessViewSet, basename="audit_logs.read_access")

urlpatterns = [
    path(
        "records/<str:kind>/<uuid:pk>/history/",
        RecordHistoryViewSet.as_view({"get": "history"}),
        name="audit_logs.record-history",
    ),
    *router.urls,
]
