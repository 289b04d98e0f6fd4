"""What goes by itself: drafts that nobody claimed, content of deleted files, objects and rows without each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.attachments.calculations.kinds import RASTER
from apps.attachments.contracts import Scanner
from apps.attachments.models import Attachment, FileStatus, StoredFile
from apps.attachments.services.attaching import CHECK, EVERY, UPKEEP
from apps.attachments.services.storing import keys_of, listed_keys, remove, remove_object
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.ids import uuid7_time
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue_many, enqueue_once

BATCH: Final = 200
DRAFTS_LIVE: Final = timedelta(days=1)
UPLOADS_LAST: Final = timedelta(days=1)  # at the longest, before what they left behind counts as left behind
EXPIRED: Final = _("nobody asked for it: the files had been left over.")
OPEN: Final = "only the upkeep of a tenant calls it, for files that nobody is left to see"
DIRECTORY: Final = "directory.organization"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What a sweep finds. `unknown` are objects without a row, `unused` rows that nothing is attached by, `lost`
    files whose object is missing: those are only reported, because nothing can bring them back."""

    unknown: tuple[str, ...]
    unused: tuple[UUID, ...]
    lost: tuple[UUID, ...]


@contextmanager
def whole_tenant(reason: str) -> Iterator[Scope]:
    """The open tenant with all its organizations, deleted ones too: their records are there as well."""
    tenant_id = current_scope().tenant_id
    with scoped_transaction():
        rows = ENTITIES[DIRECTORY].model._default_manager.all()
        organizations = frozenset(rows.values_list("pk", flat=True))
    with system_scope(tenant_id, reason, organization_ids=organizations) as scope:
        yield scope


def look_after_files(lease: Lease) -> None:
    """Do all that is due, in short transactions, and come back in an hour while the tenant has files.

    The storage is listed by `manage.py attachments_sweep` alone. Raises LeaseLost, Unavailable.
    """
    with whole_tenant(UPKEEP):
        for step in (expire_drafts, expire_of_gone_records, remove_old_content, remove_unused, look_again):
            while step() == BATCH:
                lease.check()
        with scoped_transaction() as scope:
            if StoredFile.objects.filter(removed_at__isnull=True).exists():
                enqueue_once(UPKEEP, scope.tenant_id, clock.now() + EVERY)
            lease.complete()


@command(
    "attachments.attachment.expire",
    open_reason=OPEN,
    undoable=False,
    undo_reason=EXPIRED,
    bulk=True,
)
def expire_attachments(ids: Iterable[UUID]) -> list[UUID]:
    """Delete files that nobody sees any more: drafts left over, and files of records that are gone."""
    rows = Attachment.objects.select_for_update(no_key=True).filter(pk__in=sorted(ids), deleted_at__isnull=True)
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    now = clock.now()
    Attachment.objects.filter(pk__in=found).update(deleted_at=now, updated_at=now, version=models.F("version") + 1)
    return found


def expire_drafts() -> int:
    """Delete drafts of yesterday; say how many."""
    limit = clock.now() - DRAFTS_LIVE
    return _expire(lambda: _living().filter(record_id__isnull=True, updated_at__lt=limit))


def expire_of_gone_records() -> int:
    """Delete files whose record is gone, as long ago as deleted files are kept: till then its undo finds them."""
    return _expire(lambda: _living().filter(record_id__isnull=False).filter(_gone(_kept_since())))


def _expire(rows: Callable[[], models.QuerySet[Attachment]]) -> int:
    with scoped_transaction():
        ids = list(rows().order_by("pk").values_list("pk", flat=True)[:BATCH])
    if ids:
        expire_attachments(ids)
    return len(ids)


def _gone(limit: datetime) -> models.Q:
    """Files of a kind that is installed, whose record was deleted before the limit, or for good."""
    test = models.Q(pk__in=())
    for kind in ENTITIES.values():
        rows = kind.model._default_manager.filter(pk=models.OuterRef("record_id"))
        if any(item.name == "deleted_at" for item in kind.model._meta.local_concrete_fields):
            rows = rows.filter(models.Q(deleted_at__isnull=True) | models.Q(deleted_at__gte=limit))
        test |= models.Q(~models.Exists(rows), entity=kind.id, updated_at__lt=limit)
    return test


def remove_old_content() -> int:
    """Remove the content of files that were deleted long enough ago; say how many."""
    with scoped_transaction():
        rows = Attachment.objects.filter(deleted_at__lt=_kept_since(), file__removed_at__isnull=True)
        found = list(rows.order_by("deleted_at", "pk").values_list("file_id", "file__key")[:BATCH])
    for file_id, key in found:
        # Marked first: undo brings nothing back whose content is about to go. The key stays, for a second try.
        with scoped_transaction():
            file = StoredFile.objects.select_for_update(no_key=True).filter(pk=file_id)
            if Attachment.objects.filter(file_id__in=file.values_list("pk"), deleted_at__isnull=True).exists():
                continue
            file.update(removed_at=clock.now(), has_thumbnails=False)
        remove(key)
    return len(found)


def remove_unused() -> int:
    """Remove stored files that nothing was attached by: uploads that were refused at the end, or undone."""
    with scoped_transaction():
        found = list(_unused().values_list("pk", "key")[:BATCH])
    for file_id, key in found:
        remove(key)
        with scoped_transaction():
            StoredFile.objects.filter(pk=file_id).filter(~_is_used()).delete()
    return len(found)


def look_again() -> int:
    """Queue files that no worker has looked at although one should have: the scanner came later, or was away."""
    unseen = models.Q(status=FileStatus.PENDING) | models.Q(content_type__in=list(RASTER), checked_at__isnull=True)
    if service(Scanner).name:
        unseen |= models.Q(scanned_by="", status=FileStatus.CLEAN)
    with scoped_transaction():
        rows = StoredFile.objects.filter(unseen, _is_used(), removed_at__isnull=True)
        rows = rows.filter(created_at__lt=clock.now() - timedelta(hours=1))
        enqueue_many(CHECK, rows.order_by("pk").values_list("pk", flat=True)[: BATCH - 1])
    return 0


def leftovers() -> Leftovers:
    """Compare the tenant's objects with its rows, both ways; changes nothing. Raises Unavailable."""
    young = clock.now() - UPLOADS_LAST
    with scoped_transaction() as scope:
        tenant_id = scope.tenant_id
    present = listed_keys(tenant_id)
    with scoped_transaction():
        rows = list(StoredFile.objects.values_list("pk", "key", "removed_at"))
        unused = tuple(_unused().values_list("pk", flat=True))
    known = {name for _pk, key, removed_at in rows if removed_at is None for name in keys_of(key)}
    unknown = sorted(name for name in present - known if _made_at(name) < young)
    lost = tuple(pk for pk, key, removed_at in rows if removed_at is None and key not in present)
    return Leftovers(tuple(unknown), unused, lost)


def remove_leftovers(found: Leftovers) -> None:
    """Remove what a sweep has found, but for files that are lost. Raises Unavailable."""
    for name in found.unknown:
        remove_object(name)
    while remove_unused() == BATCH:
        continue


def _living() -> models.QuerySet[Attachment]:
    return Attachment.objects.filter(deleted_at__isnull=True)


def _is_used() -> models.Exists:
    return models.Exists(Attachment.objects.filter(file_id=models.OuterRef("pk")))


def _unused() -> models.QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(~_is_used(), created_at__lt=clock.now() - UPLOADS_LAST)
    return rows.order_by("created_at", "pk")


def _kept_since() -> datetime:
    return clock.now() - timedelta(days=settings.ATTACHMENTS_KEPT_DAYS)


def _made_at(name: str) -> datetime:
    """When an object was made, by its id; what has no such name is old enough."""
    try:
        return uuid7_time(UUID(name.rpartition("/")[2].partition(".")[0]))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
