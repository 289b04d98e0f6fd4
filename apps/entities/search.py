"""What is found of records of tenants' own types: their titles and searchable fields, by who may see the type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from apps.entities.features import VIEW_RECORDS, record_feature
from apps.entities.models import Record
from apps.entities.models.records import PREFIX
from apps.entities.selectors.types import made_kinds
from apps.search.contracts import MadeKinds, Searchable, searchable_made_kinds


def _kinds() -> dict[str, Searchable]:
    return {
        name: Searchable(
            entity=name,
            feature=record_feature(name.removeprefix(PREFIX), VIEW_RECORDS),
            title="title",
            url=kind.url,
            made=kind,
        )
        for name, kind in made_kinds().items()
    }


def _parted(ids: Collection[UUID]) -> dict[str, set[UUID]]:
    rows = Record.objects.filter(pk__in=ids, deleted_at__isnull=True, type__deleted_at__isnull=True)
    found: dict[str, set[UUID]] = defaultdict(set)
    for key, pk in rows.values_list("type__key", "pk"):
        found[f"{PREFIX}{key}"].add(pk)
    return found


searchable_made_kinds(MadeKinds(prefix=PREFIX, entity=Record.entity_id, kinds=_kinds, parted=_parted))
