"""Attaching files to records: adding, naming, giving drafts to their record, removing."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.attachments.calculations.names import is_program, sanitised
from apps.attachments.contracts import Scanner
from apps.attachments.errors import FileRefused
from apps.attachments.models import LONGEST_NAME, Attachment, FileStatus, StoredFile
from apps.attachments.selectors.access import demand_own, hold_place
from apps.attachments.selectors.handing import is_due_for_a_look
from apps.attachments.services.quotas import take_room
from apps.attachments.services.storing import Received, store
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import UNKNOWN
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.work.queueing import enqueue, enqueue_once

CHECK: Final = "attachments.check"
UPKEEP: Final = "attachments.upkeep"
EVERY: Final = timedelta(hours=1)  # a tenant with files is looked after so often
OPEN: Final = "files are as open to changes as the record that they are on, which the command looks at"
MOST_CLAIMED: Final = 200
EXAMPLE: Final = b"Stocktaking: the last day of March."
ORGANIZATION: Final = "directory.organization"


def _example_file(name: str = "stocktaking.txt") -> StoredFile:
    return store(Received(io.BytesIO(EXAMPLE), len(EXAMPLE), hashlib.sha256(EXAMPLE).hexdigest(), name))


def _new(scope: Scope) -> Mapping[str, Any]:
    place = {"entity": ORGANIZATION, "record_id": scope.organization_id}
    return {"file_id": _example_file().pk, "name": "stocktaking.txt", **place}


def _some(scope: Scope) -> dict[str, Any]:
    return {"attachment_id": create_attachment(**_new(scope)).pk}


def _renamed(scope: Scope) -> Mapping[str, Any]:
    return {**_some(scope), "name": "stocktaking 2026.txt", "note": "Counted twice."}


def _draft(scope: Scope) -> Mapping[str, Any]:
    draft = create_attachment(**{**_new(scope), "record_id": None})
    return {"ids": [draft.pk], "entity": ORGANIZATION, "record_id": scope.organization_id}


@command("attachments.attachment.create", open_reason=OPEN, example=_new)
def create_attachment(
    file_id: UUID, *, entity: str, name: str, record_id: UUID | None = None, note: str = ""
) -> Attachment:
    """Attach a stored file to a record; without one it is a draft that its uploader gives to a record later.

    Raises InvalidInput, FileRefused, FeatureRequired, RecordReadOnly, QuotaExceeded.
    """
    file = StoredFile.objects.select_for_update(no_key=True).filter(pk=file_id, removed_at__isnull=True).first()
    if file is None or Attachment.objects.filter(file_id=file_id).exists():
        raise InvalidInput(errors=(FieldError("file_id", UNKNOWN, _("There is no such file.")),))
    take_room(file.size)
    hold_place(entity, record_id)
    row = Attachment(
        file=file,
        entity=entity,
        record_id=record_id,
        name=allowed_name(name),
        original_name=name[:LONGEST_NAME].replace("\x00", ""),
        note=note,
        position=_next_position(entity, record_id),
        size=file.size,
        content_type=file.content_type,
        uploaded_by=current_scope().actor.id,
    )
    demand_valid(row, ("name", "note"))
    row.save(force_insert=True)
    _have_it_checked(file)
    enqueue_once(UPKEEP, current_scope().tenant_id, clock.now() + EVERY)
    return row


@command("attachments.attachment.update", open_reason=OPEN, example=_renamed)
def update_attachment(
    attachment_id: UUID, *, name: str | None = None, note: str | None = None, position: int | None = None
) -> Attachment:
    """Rename a file, note something about it, or move it; None leaves a field as it is.

    Raises RowNotFound, FeatureRequired, RecordReadOnly, InvalidInput, FileRefused.
    """
    row = _living(attachment_id)
    row.name = row.name if name is None else allowed_name(name, field="name")
    row.note = row.note if note is None else note
    row.position = row.position if position is None else position
    demand_valid(row, ("name", "note", "position"))
    row.save(update_fields=["name", "note", "position", "version"])
    return row


@command("attachments.attachment.delete", open_reason=OPEN, example=_some)
def delete_attachment(attachment_id: UUID) -> Attachment:
    """Take a file off its record. Its content stays for a while, so that this can be undone.

    Raises RowNotFound, FeatureRequired, RecordReadOnly, InUse with counts.
    """
    row = _living(attachment_id)
    keep_pointers_out(row)
    hide(row)
    return row


@command("attachments.attachment.claim", open_reason=OPEN, example=_draft, bulk=True)
def claim_attachments(ids: Iterable[UUID], *, entity: str, record_id: UUID) -> list[Attachment]:
    """Give drafts of the actor's to a record of the kind that they were uploaded for.

    Raises InvalidInput for ids that are no such drafts, FeatureRequired, RecordReadOnly.
    """
    wanted = sorted(set(ids))
    hold_place(entity, record_id)
    rows = Attachment.objects.select_for_update(no_key=True).filter(pk__in=wanted[: MOST_CLAIMED + 1])
    drafts = rows.filter(
        entity=entity, record_id__isnull=True, deleted_at__isnull=True, uploaded_by=current_scope().actor.id
    )
    found = list(drafts.order_by("pk"))
    if len(found) < len(wanted) or len(wanted) > MOST_CLAIMED:
        raise InvalidInput(errors=(FieldError("ids", UNKNOWN, _("There is no such file.")),))
    first = _next_position(entity, record_id)
    for position, row in enumerate(found, start=first):
        row.record_id, row.position = record_id, position
        row.save(update_fields=["record_id", "position", "version"])
    return found


def allowed_name(given: str, *, field: str = "file") -> str:
    """The name without what no name should hold. Raises FileRefused for that of a program, as said of the field."""
    name = sanitised(given)
    if is_program(name):
        raise FileRefused(errors=(FieldError(field, FileRefused.code, str(FileRefused.message)),))
    return name


def _living(attachment_id: UUID) -> Attachment:
    row = load_living(Attachment, attachment_id)
    demand_own(row)
    return row


def _next_position(entity: str, record_id: UUID | None) -> int:
    if record_id is None:
        return 0
    rows = Attachment.objects.filter(entity=entity, record_id=record_id, deleted_at__isnull=True)
    last = rows.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def _have_it_checked(file: StoredFile) -> None:
    """Let a worker look at the file. Where nobody scans files it is clean as it is."""
    if not service(Scanner).name:
        file.status = FileStatus.CLEAN
        StoredFile.objects.filter(pk=file.pk).update(status=file.status)
    if is_due_for_a_look(file):
        enqueue(CHECK, file.pk)
