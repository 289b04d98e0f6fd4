from __future__ import annotations

from apps.kernel.api.routers import CommandRouter
from tests.support.shelf.api.views import BookViewSet, ShelfViewSet

router = CommandRouter()
router.register("books", BookViewSet, basename="shelf.book")
router.register("shelves", ShelfViewSet, basename="shelf.shelf")

urlpatterns = router.urls
