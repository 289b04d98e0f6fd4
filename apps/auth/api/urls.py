from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.auth.api.views.grants import ExplainAccessView, GrantsView, GrantView, RevocationView
from apps.auth.api.views.keys import ApiKeyViewSet
from apps.auth.api.views.passwords import ChangeView, ResetConfirmView, ResetRequestView
from apps.auth.api.views.roles import FeaturesView, HoldersView, RoleViewSet
from apps.auth.api.views.sessions import (
    DevicesView,
    DeviceView,
    FeatureCheckView,
    LogInView,
    RefreshView,
    SessionView,
)
from apps.auth.api.views.users import UserViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("users", UserViewSet, basename="auth.user")
router.register("roles", RoleViewSet, basename="auth.role")
router.register("api_keys", ApiKeyViewSet, basename="auth.api_key")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("session/", SessionView.as_view(), name="auth.session"),
    path("login/", LogInView.as_view(), name="auth.log_in"),
    path("session/refresh/", RefreshView.as_view(), name="auth.session.refresh"),
    path("sessions/", DevicesView.as_view(), name="auth.sessions"),
    path("sessions/<uuid:pk>/", DeviceView.as_view(), name="auth.sessions.one"),
    path("password/reset-request/", ResetRequestView.as_view(), name="auth.password.reset_request"),
    path("password/reset-confirm/", ResetConfirmView.as_view(), name="auth.password.reset_confirm"),
    path("password/change/", ChangeView.as_view(), name="auth.password.change"),
    path("feature-check/", FeatureCheckView.as_view(), name="auth.feature_check"),
    path("features/", FeaturesView.as_view(), name="auth.features"),
    path("features/<str:feature>/holders/", HoldersView.as_view(), name="auth.features.holders"),
    path("grants/", GrantsView.as_view(), name="auth.grants"),
    path("grants/revoke/", RevocationView.as_view(), name="auth.grants.revoke"),
    path("grants/<uuid:pk>/", GrantView.as_view(), name="auth.grants.one"),
    path("explain-access/", ExplainAccessView.as_view(), name="auth.explain_access"),
]
