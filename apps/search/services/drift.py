"""Compares documents with what they would be now, and mends what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule
from apps.kernel.work.schedules import set_schedule
from apps.search.contracts import Searchable
from apps.search.models import SearchDocument, SearchWord
from apps.search.selectors.kinds import entity_of, installed_kinds
from apps.search.selectors.settings import SearchWay, current_way
from apps.search.selectors.vocabulary import unused_words
from apps.search.services.building import build
from apps.search.services.declaring import declaration_digest
from apps.search.services.indexing import forget, index_records, writing
from apps.search.services.rebuilding import fields_digest, forget_kinds, gone_kinds, index_of, orphans

CHECK_WORK: Final = "search.check"
EVERY_NIGHT: Final = "40 3 * * *"
PIECE: Final = 1_000
Tick = Callable[[int], None]


@dataclass(slots=True)
class Drift:
    """What differs between the records of a kind and their documents.

    `missing` records have no document, `stale` ones another than they would get now, `orphaned` documents no record.
    """

    entity: str
    records: int = 0
    documents: int = 0
    missing: int = 0
    stale: int = 0
    orphaned: int = 0

    @property
    def total(self) -> int:
        """All that differs."""
        return self.missing + self.stale + self.orphaned


def compare(kind: Searchable, *, repair: bool = False, tick: Tick | None = None) -> Drift:
    """Compare every record of a kind with its document, in pieces of a thousand, and note the result.

    `repair` brings the documents that differ up to date; the numbers are those of before. What is changed meanwhile
    may count as out of date, and is not afterwards.
    """
    drift = Drift(kind.entity)
    fields = fields_digest(kind)  # those of the beginning: who changes them meanwhile has the kind rebuilt
    position: UUID | None = None
    while True:
        differing, seen, position = _piece(kind, position, drift)
        if tick is not None:
            tick(seen)
        if repair and differing:
            with writing([kind.entity]) as way:
                index_records(kind, differing, way)
        if position is None:
            break
    _end(kind, drift, repair=repair, fields=fields)
    return drift


def _piece(kind: Searchable, after: UUID | None, drift: Drift) -> tuple[list[UUID], int, UUID | None]:
    """Ids of the next records that differ, how many were looked at, and where to go on (None at the end)."""
    with whole_tenant():
        rows = entity_of(kind).living().order_by("pk")
        records = list((rows if after is None else rows.filter(pk__gt=after))[:PIECE])
        differing = _differing(kind, records, current_way(), drift) if records else []
    return differing, len(records), records[-1].pk if len(records) == PIECE else None


def _differing(kind: Searchable, records: list[Any], way: SearchWay, drift: Drift) -> list[UUID]:
    wanted = {item.record_id: item.checksum for item in build(kind, records, way).documents}
    rows = SearchDocument.objects.filter(entity=kind.entity, record_id__in=wanted)
    stored = dict(rows.values_list("record_id", "checksum"))
    missing = [pk for pk in wanted if pk not in stored]
    stale = [pk for pk, checksum in wanted.items() if pk in stored and stored[pk] != checksum]
    drift.records += len(wanted)
    drift.missing += len(missing)
    drift.stale += len(stale)
    return missing + stale


def _end(kind: Searchable, drift: Drift, *, repair: bool, fields: str) -> None:
    with writing([kind.entity]):
        lost = list(orphans(kind).values_list("record_id", flat=True))
        drift.orphaned = len(lost)
        drift.documents = drift.records - drift.missing + drift.orphaned
        if repair:
            forget(kind, lost)
        index = index_of(kind.entity)
        index.checked_at = clock.now()
        kept = Drift(kind.entity) if repair else drift
        index.missing, index.stale, index.orphaned = kept.missing, kept.stale, kept.orphaned
        index.is_built = index.is_built or repair
        if repair:
            index.custom_fields, index.declared = fields, declaration_digest(kind)
        index.save(force_update=True)


def check_all(lease: Lease) -> None:
    """Compare and mend every kind of the tenant, and forget words that stand nowhere any more. Raises LeaseLost."""

    def tick(_records: int) -> None:
        lease.check()

    for kind in installed_kinds().values():
        compare(kind, repair=True, tick=tick)
    with whole_tenant():
        gone = gone_kinds()
    with writing(gone):
        forget_kinds(gone)
    forget_words(lease.check)


def forget_words(check: Callable[[], None]) -> int:
    """Remove words that stand in no document; say how many there were."""
    removed, after = 0, ""
    while True:
        check()
        with whole_tenant():
            words, after = unused_words(after, PIECE)
            if words:
                removed += SearchWord.objects.filter(word__in=words).delete()[0]
        if not after:
            return removed


def schedule_check(tenant_id: UUID) -> None:
    """Have the index compared every night; a schedule that is there stays as it is."""
    if not Schedule.objects.filter(kind=CHECK_WORK, ref_id=tenant_id).exists():
        set_schedule(CHECK_WORK, ref_id=tenant_id, cron=EVERY_NIGHT)
