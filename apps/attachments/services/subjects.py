"""Files about people: what of them stands in a person's export, and what goes when the person is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from apps.attachments.models import Attachment, FileStatus, StoredFile
from apps.attachments.services.storing import keys_of, opened
from apps.kernel.registry.subjects import Erased, Subject, SubjectFile

Rows = Iterable[Attachment]


def read_files(subject: Subject) -> Iterator[Mapping[str, Any]]:
    """What is known of each file on the person's record."""
    for row in _rows(subject):
        yield {
            "name": row.name,
            "note": row.note,
            "content_type": row.content_type,
            "size": row.size,
            "sha256": row.file.sha256,
            "added_at": row.created_at,
        }


def open_files(subject: Subject) -> Iterator[SubjectFile]:
    """The files themselves, without those that a scanner has not let through."""
    for number, row in enumerate(_rows(subject), start=1):
        if row.file.status == FileStatus.CLEAN and row.file.removed_at is None:
            yield SubjectFile(f"{number:03}-{row.name}", partial(opened, row.file.key))


def erase_files(subject: Subject) -> Erased:
    """Remove the files, deleted ones and their rows too."""
    rows = Attachment.objects.filter(entity=subject.entity, record_id=subject.id).select_for_update(of=("self",))
    found = list(rows.order_by("pk").values_list("pk", "file_id"))
    files = StoredFile.objects.filter(pk__in=[file_id for _pk, file_id in found])
    keys = list(files.values_list("key", flat=True))
    attachments = Attachment.objects.filter(pk__in=[pk for pk, _file in found]).delete()[0]
    stored = files.delete()[0]
    return Erased(
        {"attachment": attachments, "stored_file": stored},
        rows=frozenset(pk for pk, _file in found),
        files=tuple(name for key in keys for name in keys_of(key)),
    )


def _rows(subject: Subject) -> Rows:
    rows = Attachment.objects.filter(entity=subject.entity, record_id=subject.id, deleted_at__isnull=True)
    return rows.select_related("file").order_by("position", "pk")
