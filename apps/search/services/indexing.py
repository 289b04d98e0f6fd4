"""Writes documents: always from the records as they are now, so it does not matter how often or in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.commands.loading import hold_lock
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.queueing import enqueue_once
from apps.search.contracts import MadeKinds, Searchable
from apps.search.models import SearchDocument, SearchIndex, SearchWord
from apps.search.selectors.kinds import entity_of, family_of, family_told_as, kinds_told_as
from apps.search.selectors.settings import SearchWay, current_way
from apps.search.services.building import Built, build

EMBED_WORK: Final = "search.embed"
BATCH: Final = 500
PAUSE = timedelta(seconds=1)  # before meanings are asked for, so that many are asked for at once
WRITTEN = (
    "organization_id",
    "title",
    "subtitle",
    "title_key",
    "words",
    "tokens",
    "source_digest",
    "language",
    "checksum",
    "updated_at",
)


@contextmanager
def writing(entities: Iterable[str]) -> Iterator[SearchWay]:
    """See the whole tenant in one transaction, as the only one who writes documents of these kinds.

    Whoever waits here reads the records after the other's commit. Without that, a writer that has read a record
    before a change could store its document after one that has read it later. Kinds that a tenant has made stand in
    one table and are told of together, so they share a lock.
    """
    with whole_tenant():
        hold_writers(entities)
        yield current_way()


def hold_writers(entities: Iterable[str]) -> None:
    """Be the only one who writes documents of these kinds, or begins their rebuild, until the transaction ends."""
    for entity in sorted(set(map(_lock_of, entities))):
        hold_lock(f"search|{current_scope().tenant_id}|{entity}")


def _lock_of(entity: str) -> str:
    family = family_of(entity)
    return family.entity if family else entity


def index_told(entity: str, ids: Collection[UUID], way: SearchWay) -> None:
    """Bring the documents of records up to date of which events tell under this entity id, inside `writing`."""
    family = family_told_as(entity)
    kinds = kinds_told_as(entity)
    parted = family.parted(ids) if family else dict.fromkeys(kinds, ids)
    for name in sorted(parted):
        if name in kinds:
            index_records(kinds[name], parted[name], way)
    if family:
        _forget_made(family, set(ids).difference(*parted.values()))


def _forget_made(family: MadeKinds, ids: Collection[UUID]) -> None:
    """Remove documents of records that are gone, whichever kind they were of: also one that the tenant gave up."""
    if ids:
        known = SearchIndex.objects.filter(entity__startswith=family.prefix).values_list("entity", flat=True)
        names = sorted({*known, *family.kinds()})
        SearchDocument.objects.filter(entity__in=names, record_id__in=ids).delete()


def index_records(kind: Searchable, ids: Collection[UUID], way: SearchWay) -> int:
    """Bring the documents of these records up to date, inside `writing`; say how many were written or removed.

    A record that is gone, also hidden, loses its document.
    """
    records = list(entity_of(kind).living().filter(pk__in=ids))
    built = build(kind, records, way)
    gone = set(ids) - {record.pk for record in records}
    return store(kind, built, way) + forget(kind, gone)


def store(kind: Searchable, built: Built, way: SearchWay) -> int:
    """Write the documents that are new or differ, and say how many those were."""
    known = _known(kind, [document.record_id for document in built.documents])
    changed = [item for item in built.documents if known.get(item.record_id, ("", ""))[0] != item.checksum]
    if not changed:
        return 0
    same_source = [item for item in changed if known.get(item.record_id, ("", ""))[1] == item.source_digest]
    other_source = [item for item in changed if known.get(item.record_id, ("", ""))[1] != item.source_digest]
    _upsert(same_source, WRITTEN)
    _upsert(other_source, (*WRITTEN, "embedding"))
    _learn(built.vocabulary)
    if other_source and way.asks_provider:
        enqueue_once(EMBED_WORK, current_scope().tenant_id, clock.now() + PAUSE)
    return len(changed)


def forget(kind: Searchable, ids: Collection[UUID]) -> int:
    """Remove the documents of records that are gone."""
    if not ids:
        return 0
    removed, _models = SearchDocument.objects.filter(entity=kind.entity, record_id__in=ids).delete()
    return removed


def _known(kind: Searchable, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = SearchDocument.objects.filter(entity=kind.entity, record_id__in=ids)
    return {
        pk: (checksum, source) for pk, checksum, source in rows.values_list("record_id", "checksum", "source_digest")
    }


def _upsert(documents: list[SearchDocument], fields: tuple[str, ...]) -> None:
    once: Any = ("tenant_id", "entity", "record_id")
    if documents:
        SearchDocument.objects.bulk_create(
            documents, update_conflicts=True, unique_fields=once, update_fields=fields, batch_size=BATCH
        )


def _learn(words: Collection[str]) -> None:
    """Remember words, in one order, so that writers of several kinds cannot wait for each other."""
    known = set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))
    fresh = [SearchWord(word=word) for word in sorted(set(words) - known)]
    if fresh:
        SearchWord.objects.bulk_create(fresh, ignore_conflicts=True)
