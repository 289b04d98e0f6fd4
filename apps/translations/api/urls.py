from __future__ import annotations

from django.urls import path

from apps.translations.api.views import LackingView, LocalesView, RecordView, ReportView

urlpatterns = [
    path("locales/", LocalesView.as_view(), name="translations.locales"),
    path("report/", ReportView.as_view(), name="translations.report"),
    path("report/records/", LackingView.as_view(), name="translations.lacking"),
    path("<str:entity>/<uuid:pk>/", RecordView.as_view(), name="translations.record"),
]
