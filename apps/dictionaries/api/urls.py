from __future__ import annotations

from apps.dictionaries.api.views import DictionaryViewSet, EntryViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("dictionaries", DictionaryViewSet, basename="dictionaries.dictionary")
router.register("entries", EntryViewSet, basename="dictionaries.entry")

urlpatterns = router.urls
