"""Rebuilds the index of a kind: record by record in the order of ids, so that it can stop anywhere and go on.

Documents are replaced in place, so nothing is missing meanwhile; what has no record any more goes at the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue
from apps.search.contracts import Searchable
from apps.search.models import SearchDocument, SearchIndex
from apps.search.selectors.custom import custom_digest
from apps.search.selectors.kinds import entity_of, family_of, installed_kinds, kind_named
from apps.search.selectors.settings import SearchWay
from apps.search.services.building import build
from apps.search.services.declaring import declaration_digest
from apps.search.services.indexing import BATCH, forget, index_records, store, writing

logger = logging.getLogger(__name__)

REBUILD_WORK: Final = "search.rebuild"
Watch = Callable[[SearchIndex], None]


class Stopped(Exception):
    """Somebody asked to stop; the rebuild goes on from here when it is started again."""


def index_of(entity: str) -> SearchIndex:
    """The row of a kind's index, made when it is not there. Inside the tenant's scope."""
    found: tuple[SearchIndex, bool] = SearchIndex.objects.get_or_create(entity=entity)
    return found[0]


def begin_rebuild(entity: str, *, name: str = "") -> SearchIndex:
    """Have a worker rebuild the index of a kind, from the start; one that is under way begins anew.

    `name` opens a long job that shows it, with `{kind}` in the place of the kind's name. Joins the open transaction,
    whose caller holds the kind's writers off.
    """
    index = index_of(entity)
    _start(index)
    if name:
        words = {"kind": entity}
        index.job_id = service(ProgressReporter).open(REBUILD_WORK, name=name, words=words, is_cancellable=True)
    index.save(force_update=True)
    enqueue(REBUILD_WORK, index.pk)
    return index


def start_here(entity: str, *, name: str = "") -> SearchIndex:
    """Begin a rebuild that this process carries out, or take one up that was left; `name` opens a long job for it."""
    with writing([entity]):
        index = index_of(entity)
        if not index.is_rebuilding:
            _start(index)
        if name:
            index.job_id = service(ProgressReporter).open(REBUILD_WORK, name=name, total=index.total)
        index.save(force_update=True)
    return index


def _start(index: SearchIndex) -> None:
    index.is_rebuilding, index.position, index.done = True, None, 0
    index.last_error, index.failed_at, index.job_id = "", None, None
    kind = kind_named(index.entity)
    if kind is not None:
        index.total = entity_of(kind).living().order_by().count()
        index.custom_fields = fields_digest(kind)
        index.declared = declaration_digest(kind)


def fields_digest(kind: Searchable) -> str:
    """A digest of the custom fields that documents of the kind are made of as things stand."""
    with whole_tenant():
        return custom_digest(kind.entity, entity_of(kind).model)


def gone_kinds() -> list[str]:
    """Kinds with an index that the tenant had made and has given up since."""
    kinds = installed_kinds()
    known = SearchIndex.objects.order_by("entity").values_list("entity", flat=True)
    return [entity for entity in known if family_of(entity) and entity not in kinds]


def forget_kinds(entities: Iterable[str]) -> None:
    """Remove what is left of kinds that are gone, inside `writing`."""
    wanted = list(entities)
    SearchDocument.objects.filter(entity__in=wanted).delete()
    SearchIndex.objects.filter(entity__in=wanted).delete()


def work_on_rebuild(index_id: UUID, lease: Lease) -> None:
    """Carry a rebuild to its end, and tell its long job. A kind that nobody declares any more is let go."""
    with scoped_transaction():
        index = SearchIndex.objects.filter(pk=index_id, is_rebuilding=True).first()
    if index is not None:
        carry_out(index, lambda _index: lease.check())


def carry_out(index: SearchIndex, watch: Watch) -> None:
    """Rebuild what is left, and tell the long job how far it is; who stops that stops the rebuild where it is."""
    try:
        rebuild(index, _telling(watch))
    except Stopped:
        _end_job(index, is_stopped=True)
    else:
        _end_job(index)


def rebuild(index: SearchIndex, watch: Watch) -> None:
    """Do all that is left, one batch in a transaction; `watch` is called between them and may raise."""
    kind = kind_named(index.entity)
    while index.is_rebuilding:
        watch(index)
        if kind is None:
            _close(index)
        else:
            _step(index, kind)


def _step(index: SearchIndex, kind: Searchable) -> None:
    with writing([kind.entity]) as way:
        index.refresh_from_db()  # somebody else may carry on the same rebuild, or have begun it anew
        if not index.is_rebuilding:
            return
        rows = entity_of(kind).living().order_by("pk")
        if index.position is not None:
            rows = rows.filter(pk__gt=index.position)
        records = list(rows[:BATCH])
        _written(index, kind, records, way)
        if records:
            index.position, index.done = records[-1].pk, index.done + len(records)
        if len(records) < BATCH:
            remove_orphans(kind)
            _finish(index)
        index.save(force_update=True)


def _written(index: SearchIndex, kind: Searchable, records: list[Any], way: SearchWay) -> None:
    """Store the documents of a batch; a record that cannot be indexed is noted and does not take the others along."""
    try:
        with scoped_transaction():
            store(kind, build(kind, records, way), way)
    except Exception:  # noqa: BLE001 - one of them; alone it is told from the others
        for record in records:
            try:
                with scoped_transaction():
                    index_records(kind, [record.pk], way)
            except Exception as error:
                logger.exception("%s %s cannot be indexed", kind.entity, record.pk)
                index.last_error = f"{record.pk}: {type(error).__name__}"
                index.failed_at = clock.now()


def _finish(index: SearchIndex) -> None:
    index.is_rebuilding, index.position = False, None
    index.is_built, index.built_at = True, clock.now()
    index.missing = index.stale = index.orphaned = 0


def _close(index: SearchIndex) -> None:
    with scoped_transaction():
        index.is_rebuilding = index.is_built = False
        index.save(force_update=True)


def remove_orphans(kind: Searchable) -> int:
    """Remove documents whose record is gone, inside `writing`; say how many there were."""
    return forget(kind, list(orphans(kind).values_list("record_id", flat=True)))


def orphans(kind: Searchable) -> Any:
    """Documents of the kind without a living record."""
    living = entity_of(kind).living().filter(pk=OuterRef("record_id"))
    return SearchDocument.objects.filter(entity=kind.entity).exclude(Exists(living))


def _telling(watch: Watch) -> Watch:
    progress = service(ProgressReporter)

    def told(index: SearchIndex) -> None:
        watch(index)
        if index.job_id is None:
            return
        if progress.is_cancellation_requested(index.job_id):
            raise Stopped
        progress.advance(index.job_id, index.done, index.total)

    return told


def _end_job(index: SearchIndex, *, is_stopped: bool = False) -> None:
    progress = service(ProgressReporter)
    if index.job_id is None:
        return
    if is_stopped:
        progress.cancelled(index.job_id)
    elif index.failed_at is not None:
        progress.fail(index.job_id, _("Some records could not be indexed; the log names them."))
    else:
        progress.complete(index.job_id, {"done": index.done})
