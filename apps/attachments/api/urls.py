from __future__ import annotations

from django.urls import path

from apps.attachments.api.handing import FileView
from apps.attachments.api.views import AttachmentViewSet
from apps.attachments.services.links import ROUTE
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("", AttachmentViewSet, basename="attachments.attachment")

urlpatterns = [path("files/<str:token>/", FileView.as_view(), name=ROUTE), *router.urls]
