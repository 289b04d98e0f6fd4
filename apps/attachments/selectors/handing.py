"""Which files are handed out, and what is told about them."""

from __future__ import annotations

from apps.attachments.calculations.kinds import RASTER, may_be_shown
from apps.attachments.contracts import AttachmentFacts, Scanner
from apps.attachments.models import Attachment, FileStatus, StoredFile
from apps.kernel.services import service


def is_handed_out(file: StoredFile) -> bool:
    """Say whether anybody gets the file: it is there and clean, and the scanner, if there is one, has seen it."""
    if file.removed_at is not None or file.status != FileStatus.CLEAN:
        return False
    return bool(file.scanned_by) or not service(Scanner).name


def is_due_for_a_look(file: StoredFile) -> bool:
    """Say whether a worker has something to do for the file: a scan, or a picture to be measured and drawn."""
    if file.removed_at is not None or file.status == FileStatus.QUARANTINED:
        return False
    unscanned = bool(service(Scanner).name) and not file.scanned_by
    unseen = file.content_type in RASTER and file.checked_at is None
    return unscanned or unseen or file.status == FileStatus.PENDING


def is_shown_in_place(file: StoredFile) -> bool:
    """Say whether a browser may draw the file itself in place of saving it."""
    return may_be_shown(file.content_type, file.width, file.height)


def facts_of(row: Attachment) -> AttachmentFacts:
    """The file for other modules."""
    return AttachmentFacts(
        id=row.pk,
        entity=row.entity,
        record_id=row.record_id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.file.sha256,
        width=row.file.width,
        height=row.file.height,
        status=row.file.status,
        has_thumbnails=row.file.has_thumbnails,
        note=row.note,
        position=row.position,
        created_at=row.created_at,
    )
