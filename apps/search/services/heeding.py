"""Does what follows from other settings, other custom fields, other declarations, and kinds that tenants make."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.queueing import enqueue
from apps.search.models import SearchDocument, SearchIndex
from apps.search.selectors.custom import custom_digest
from apps.search.selectors.kinds import entity_of, installed_kinds
from apps.search.selectors.settings import current_way
from apps.search.services.declaring import declaration_digest
from apps.search.services.embedding import forget_meanings
from apps.search.services.indexing import EMBED_WORK, writing
from apps.search.services.rebuilding import begin_rebuild, forget_kinds, gone_kinds

MEANS: Final = frozenset({"provider", "endpoint", "model"})


def heed_settings(changed: Collection[str]) -> None:
    """Have kinds rebuilt whose documents are in another language, and meanings taken anew where others count now.

    `changed` names columns; empty for settings that are new or gone.
    """
    with whole_tenant():
        way = current_way()
        others = SearchDocument.objects.exclude(language=way.language)
        due = sorted(entity for entity in installed_kinds() if others.filter(entity=entity).exists())
        with writing(due):
            for entity in due:
                begin_rebuild(entity)
        if not changed or MEANS & set(changed):
            forget_meanings()
        if way.asks_provider:
            enqueue(EMBED_WORK, current_scope().tenant_id)


def heed_kinds() -> None:
    """Have kinds rebuilt whose documents are made of other custom fields by now, and those indexed that are new.

    What the tenant has given up is forgotten. It asks how things stand, so it does not matter which event told of it,
    or how many did.
    """
    with whole_tenant():
        known = dict(SearchIndex.objects.values_list("entity", "custom_fields"))
        kinds = installed_kinds()
        fresh = {entity for entity, kind in kinds.items() if kind.made and entity not in known}
        digests = {entity: custom_digest(entity, entity_of(kind).model) for entity, kind in kinds.items()}
        due = fresh | {entity for entity, digest in digests.items() if known.get(entity, "") != digest}
        gone = gone_kinds()
        with writing([*due, *gone]):
            for entity in sorted(due):
                begin_rebuild(entity)
            forget_kinds(gone)


def heed_declarations() -> None:
    """Have kinds rebuilt whose documents were made as an older version declared them, and those indexed that are new.

    An index whose last comparison mended everything is as good as one that was rebuilt.
    """
    with whole_tenant():
        known = dict(SearchIndex.objects.values_list("entity", "declared"))
        kinds = installed_kinds()
        due = sorted(entity for entity, kind in kinds.items() if known.get(entity) != declaration_digest(kind))
        with writing(due):
            for entity in due:
                begin_rebuild(entity)
