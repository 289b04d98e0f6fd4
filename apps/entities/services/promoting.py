"""Indexes of custom fields: who asks for one, and what an operator's command builds and takes away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import Error
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.entities.contracts import FieldBook, FieldDefinition
from apps.entities.errors import IndexReady, NotIndexable, TooManyIndexes
from apps.entities.features import INDEXES_MANAGE
from apps.entities.models import FieldDefinition as FieldDefinitionRow
from apps.entities.models import FieldIndex, IndexStatus
from apps.entities.selectors import living_definitions
from apps.entities.selectors.book import as_field
from apps.entities.selectors.columns import reader_of
from apps.entities.selectors.indexed import READERS, Wanted, forget_indexes, table_of
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock
from apps.kernel.commands.running import running
from apps.kernel.errors import FieldError, InvalidInput, PlatformError, RowNotFound
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.concurrently import Watch, build_index, builder, drop_index, is_valid
from apps.kernel.tenancy.scope import current_scope, system_scope

# Each index makes every write to its table a little slower, of all tenants.
MOST: Final = 16
JOB: Final = "entities.index"


def wanted_for(field: FieldDefinition) -> Wanted:
    """The index that serves a field. Raises NotIndexable with the reason."""
    if field.is_encrypted:
        raise NotIndexable(reason=_("its values are encrypted."))
    if not field.is_filterable:
        raise NotIndexable(reason=_("lists are not filtered by it."))
    reader = reader_of(field)
    if not reader:
        raise NotIndexable(reason=_("its values may be long, or several at once."))
    return Wanted(field.entity, field.key, reader)


def field_of(entity: str, key: str) -> FieldDefinition:
    """The field of the scope's tenant. Raises InvalidInput."""
    found = next((item for item in service(FieldBook).fields_of(entity) if item.key == key), None)
    if found is None:
        unknown = FieldError("key", "kernel.reference.unknown", _("There is no such field."))
        raise InvalidInput(errors=(unknown,))
    return found


@command(
    "entities.index.ask",
    feature=INDEXES_MANAGE,
    resource="entities.definition",
    undoable=False,
    undo_reason=gettext_lazy("the index serves every tenant; an operator takes it away."),
)
def ask_for_index(*, entity: str, key: str) -> FieldIndex:
    """Ask for an index of a field; a long job tells when it is built, the job of the tenant that asked last.

    Raises InvalidInput, NotIndexable, TooManyIndexes, IndexReady where it is built already.
    """
    running().resource.entity = FieldDefinitionRow.entity_id
    return _asked(field_of(entity, key))


@command(
    "entities.definition.promote",
    feature=INDEXES_MANAGE,
    undoable=False,
    undo_reason=gettext_lazy("the index serves every tenant; an operator takes it away."),
)
def promote_definition(definition_id: UUID) -> FieldDefinitionRow:
    """Ask for the index of a field that the tenant has defined.

    Raises RowNotFound, NotIndexable, TooManyIndexes, IndexReady where it is built already.
    """
    row: FieldDefinitionRow | None = living_definitions().filter(pk=definition_id).first()
    if row is None:
        raise RowNotFound
    _asked(as_field(row))
    return row


def _asked(field: FieldDefinition) -> FieldIndex:
    row = note_wanted(wanted_for(field))
    if row.status == IndexStatus.READY:
        raise IndexReady
    if row.job_id is None or row.tenant_id != current_scope().tenant_id:
        name, words = gettext_noop("Index of {field}"), {"field": f"{field.entity} {field.key}"}
        row.tenant_id = current_scope().tenant_id
        row.job_id = service(ProgressReporter).open(JOB, name=name, words=words, total=100)
        row.save(update_fields=["tenant_id", "job_id"])
    return row


def note_wanted(wanted: Wanted) -> FieldIndex:
    """The row of an index, made if it is not there; a failed one is wanted again. Raises TooManyIndexes."""
    hold_lock("entities.indexes")
    row = FieldIndex.objects.filter(pk=wanted.name).first()
    if row is None:
        if _kept(wanted.table) >= MOST:
            raise TooManyIndexes(most=MOST)
        given = {"entity": wanted.entity, "key": wanted.key, "reader": wanted.reader}
        return FieldIndex.objects.create(name=wanted.name, **given)
    if row.status == IndexStatus.FAILED:
        row.status, row.reason, row.job_id, row.tenant_id = IndexStatus.WANTED, "", None, None
        row.save(update_fields=["status", "reason", "job_id", "tenant_id"])
    return row


def possible_indexes(entity: str, key: str, reader: str = "") -> list[Wanted]:
    """Indexes that a field could have: one for each way of reading it. Types of tenants' records share them."""
    return [Wanted(entity, key, item) for item in READERS if reader in {"", item}] if _known_table(entity) else []


def _kept(table: str) -> int:
    return sum(_known_table(row.entity) == table for row in FieldIndex.objects.all())


def _known_table(entity: str) -> str:
    try:
        return table_of(entity)
    except RowNotFound:  # its module is not installed any more
        return ""


def waiting() -> list[FieldIndex]:
    """Indexes that are asked for, and those whose build was cut off: nobody builds while somebody asks this alone."""
    return list(FieldIndex.objects.filter(status__in=(IndexStatus.WANTED, IndexStatus.BUILDING)).order_by("asked_at"))


def promote(rows: Iterable[FieldIndex], *, watch: Watch | None = None) -> list[FieldIndex]:
    """Build the indexes, one after the other, as the owner; a failure is noted, told, and keeps no other from its turn.

    Raises BuilderBusy, NotTheOwner.
    """
    done = []
    with builder() as connection:
        for row in rows:
            _mark(row, IndexStatus.BUILDING)
            try:
                build_index(connection, Wanted(row.entity, row.key, row.reader).plan, watch=_telling(row, watch))
            except (Error, PlatformError) as error:
                _mark(row, IndexStatus.FAILED, reason=str(error).strip()[:500])
            else:
                _mark(row, IndexStatus.READY)
            _tell_end(row)
            done.append(row)
    return done


def demote(indexes: Iterable[Wanted]) -> list[Wanted]:
    """Take the indexes away that are there, and forget them. Raises BuilderBusy, NotTheOwner.

    Lists first learn to do without, so that what is cut off half-way can be done again.
    """
    done = []
    with builder() as connection:
        for index in indexes:
            forgotten, _by_model = FieldIndex.objects.filter(pk=index.name).delete()
            forget_indexes()
            if is_valid(connection, index.name) is not None:
                drop_index(connection, index.name)
                done.append(index)
            elif forgotten:
                done.append(index)
    return done


def _mark(row: FieldIndex, status: IndexStatus, *, reason: str = "") -> None:
    row.status, row.reason = status, reason
    row.built_at = clock.now() if status is IndexStatus.READY else None
    row.save(update_fields=["status", "reason", "built_at"])
    forget_indexes()


def _telling(row: FieldIndex, watch: Watch | None) -> Watch:
    def tell(done: int, total: int) -> None:
        if watch is not None:
            watch(done, total)
        if (job_id := row.job_id) is not None and row.tenant_id is not None:
            with system_scope(row.tenant_id, JOB):
                service(ProgressReporter).advance(job_id, done, total)

    return tell


def _tell_end(row: FieldIndex) -> None:
    job_id: UUID | None = row.job_id
    if job_id is None or row.tenant_id is None:
        return
    progress: Any = service(ProgressReporter)
    with system_scope(row.tenant_id, JOB):
        if row.status == IndexStatus.READY:
            progress.complete(job_id, {"index": row.name})
        else:
            progress.fail(job_id, row.reason)
