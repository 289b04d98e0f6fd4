"""Files as a kind of record: seen with their records, and brought back by undo only while their content is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.attachments.errors import FileGone
from apps.attachments.models import Attachment, StoredFile
from apps.attachments.selectors.access import demand_still_allowed, living_attachments, seen
from apps.attachments.services.quotas import take_room
from apps.kernel.references.attached import AttachedRows
from apps.kernel.references.holders import reference_holder
from apps.kernel.registry.entities import Entity, Image, add_entity
from apps.kernel.tenancy.scope import Actor


@dataclass(frozen=True, slots=True)
class AttachmentEntity(Entity):
    """The kind whose rows are as open as the records that they are on."""

    def living(self) -> models.QuerySet[Any]:
        """Files that are not deleted and whose records the actor sees."""
        return living_attachments()

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of the files that the actor sees, deleted ones included."""
        return {row.pk: row.name for row in seen(Attachment.objects.filter(pk__in=set(ids)))}


def validate_attachment_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let whoever may change the record undo what was done to its files, while there is something to bring back.

    Raises RowNotFound, FeatureRequired, FileGone, QuotaExceeded.
    """
    for image in (before, after):
        if image is not None:
            demand_still_allowed(image["entity"], UUID(image["record_id"]) if image["record_id"] else None)
    comes_back = _is_living(after) and not _is_living(before)
    if after is None or not comes_back:
        return
    if StoredFile.objects.filter(pk=after["file_id"], removed_at__isnull=False).exists():
        raise FileGone(name=after["name"])
    take_room(int(after["size"]))


def _is_living(image: Image | None) -> bool:
    return image is not None and image["deleted_at"] is None


add_entity(
    AttachmentEntity(
        Attachment.entity_id,
        Attachment,
        Attachment._meta.verbose_name or "",
        Attachment._meta.verbose_name_plural or "",
        icon="attach_file",
        search=("name", "note"),
        url="admin:attachments_attachment_change",
        validate_restore=validate_attachment_restore,
    )
)
reference_holder("attachments.files", AttachedRows(Attachment))
