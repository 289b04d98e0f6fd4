from __future__ import annotations

from django.urls import path

from apps.auth.web.views import AskPage, SetPage

urlpatterns = [
    path("reset/", AskPage.as_view(), name="auth.reset"),
    path("reset/<str:token>", SetPage.as_view(), name="auth.reset.set"),
]
