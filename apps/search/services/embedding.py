"""Asks the tenant's provider what texts mean: of documents behind their changes, of questions when they are asked."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from threading import Lock
from typing import Final
from uuid import UUID

from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.work.errors import NeedsConfiguration, Retry
from apps.kernel.work.leases import Lease
from apps.search.calculations.digests import checksum_of
from apps.search.contracts import EMBEDDING_PROVIDERS, EmbeddingFailed, Searchable
from apps.search.models import SearchDocument
from apps.search.selectors.kinds import entity_of, installed_kinds
from apps.search.selectors.settings import SearchWay, current_way
from apps.search.services.building import DraftMaker

PIECE: Final = 64  # texts in one call
KEPT_QUESTIONS: Final = 1_000
KEPT_SECONDS: Final = 600
Key = tuple[UUID, str, str, str, str]


class _Questions:
    """Vectors of what was asked lately: somebody who types asks the same again and again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[float, list[float]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> list[float] | None:
        kept = self._kept.get(key)
        return kept[1] if kept and kept[0] > time.monotonic() else None

    def put(self, key: Key, vector: list[float]) -> None:
        with self._lock:
            self._kept[key] = (time.monotonic() + KEPT_SECONDS, vector)
            if len(self._kept) > KEPT_QUESTIONS:
                self._kept.popitem(last=False)


_questions = _Questions()


def meaning_of(text: str, way: SearchWay) -> list[float]:
    """The vector of a question. Raises EmbeddingFailed."""
    digest = checksum_of([text])  # the text itself may be somebody's address, and is not kept
    key = (current_scope().tenant_id, way.provider, way.access.endpoint, way.access.model, digest)
    known = _questions.get(key)
    if known is None:
        with reading_paused():
            [known] = vectors_of([text], way)
        _questions.put(key, known)
    return known


def vectors_of(texts: Sequence[str], way: SearchWay) -> list[list[float]]:
    """One vector for each text, from the tenant's provider. Raises EmbeddingFailed for anything else."""
    provider = EMBEDDING_PROVIDERS.get(way.provider)
    if provider is None:
        raise EmbeddingFailed("the provider is not installed", is_passing=False)
    vectors = provider.embed(texts, way.access)
    lengths = {len(vector) for vector in vectors}
    if len(vectors) != len(texts) or len(lengths) != 1 or 0 in lengths:
        raise EmbeddingFailed("the provider gave another number of vectors than texts, or vectors of several lengths")
    return vectors


def embed_documents(lease: Lease) -> None:
    """Ask for the meaning of every document that has none, piece by piece. Raises Retry, NeedsConfiguration."""
    kinds = installed_kinds()
    for entity in sorted(kinds):
        after: UUID | None = None
        while True:
            lease.check()
            with whole_tenant():
                way = current_way()
                waiting = _waiting(entity, after) if way.asks_provider else []
                sources = _sources(kinds[entity], waiting)
            if not waiting:
                break
            after = waiting[-1].pk
            if sources:
                _embed(sources, way)


def _waiting(entity: str, after: UUID | None) -> list[SearchDocument]:
    rows = SearchDocument.objects.filter(entity=entity, embedding__isnull=True).order_by("pk")
    return list((rows if after is None else rows.filter(pk__gt=after)).only("pk", "record_id", "source_digest")[:PIECE])


def _sources(kind: Searchable, documents: Sequence[SearchDocument]) -> list[tuple[SearchDocument, str]]:
    """Documents with the text that they are of; one whose record says something else by now is written again anyway."""
    records = entity_of(kind).living().in_bulk([document.record_id for document in documents])
    maker, found = DraftMaker(kind), []
    for document in documents:
        record = records.get(document.record_id)
        source = maker.draft(record).source if record is not None else ""
        if source and checksum_of([source]) == document.source_digest:
            found.append((document, source))
    return found


def _embed(sources: Sequence[tuple[SearchDocument, str]], way: SearchWay) -> None:
    try:
        vectors = vectors_of([source for _document, source in sources], way)
    except EmbeddingFailed as error:
        if error.is_passing:
            raise Retry("the provider of embeddings does not answer", after=timedelta(minutes=1)) from error
        raise NeedsConfiguration("the provider of embeddings refuses: see the search settings") from error
    with whole_tenant():
        for (document, _source), vector in zip(sources, vectors, strict=True):
            # Where the text has changed meanwhile the vector is of another one, and the document waits again.
            SearchDocument.objects.filter(pk=document.pk, source_digest=document.source_digest).update(embedding=vector)


def forget_meanings() -> int:
    """Remove the vectors of the tenant: another provider or model has others. Inside a transaction."""
    with scoped_transaction():
        return SearchDocument.objects.filter(embedding__isnull=False).update(embedding=None)
