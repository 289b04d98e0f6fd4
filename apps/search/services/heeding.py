"""Does what follows from other settings: documents in another language, meanings of another provider."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.queueing import enqueue
from apps.search.models import SearchDocument
from apps.search.selectors.kinds import installed_kinds
from apps.search.selectors.settings import current_way
from apps.search.services.embedding import forget_meanings
from apps.search.services.indexing import EMBED_WORK
from apps.search.services.rebuilding import begin_rebuild

MEANS: Final = frozenset({"provider", "endpoint", "model"})


def heed_settings(changed: Collection[str]) -> None:
    """Have kinds rebuilt whose documents are in another language, and meanings taken anew where others count now.

    `changed` names columns; empty for settings that are new or gone.
    """
    with whole_tenant():
        way = current_way()
        for entity in installed_kinds():
            if SearchDocument.objects.filter(entity=entity).exclude(language=way.language).exists():
                begin_rebuild(entity)
        if not changed or MEANS & set(changed):
            forget_meanings()
        if way.asks_provider:
            enqueue(EMBED_WORK, current_scope().tenant_id)
