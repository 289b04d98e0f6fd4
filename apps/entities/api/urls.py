from __future__ import annotations

from apps.entities.api.views import DefinitionViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("definitions", DefinitionViewSet, basename="entities.definition")

urlpatterns = router.urls
