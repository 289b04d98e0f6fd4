"""Files: what lies in the storage, and what is attached to which record."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel

LONGEST_NAME = 200


class FileStatus(models.TextChoices):
    """What is known of a file's content; only clean ones are handed out."""

    PENDING = "pending", _("being checked")
    CLEAN = "clean", _("clean")
    QUARANTINED = "quarantined", _("quarantined")


class StoredFile(TenantModel):
    """One object in the storage, and what workers found in it.

    `key` is its name in the storage, never shown to anybody. `scanned_by` names the scanner that has seen it, "" for
    none. `checked_at` is when a worker has looked; before that `width` and `height` say nothing. `removed_at`: the
    content is gone and the row stays for the history.
    """

    audited = False
    unaudited_reason = "It tells what lies in the storage and what workers found in it; attachments have the history."

    key = models.CharField(max_length=200)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("type"), max_length=100)
    width = models.PositiveIntegerField(_("width"), null=True)
    height = models.PositiveIntegerField(_("height"), null=True)
    status = models.CharField(_("state"), max_length=12, choices=FileStatus.choices, default=FileStatus.PENDING)
    scanned_by = models.CharField(max_length=50, default="", blank=True)
    threat = models.CharField(_("found in it"), max_length=200, default="", blank=True)
    checked_at = models.DateTimeField(null=True)
    has_thumbnails = models.BooleanField(_("thumbnails"), default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stored_file"
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="stored_file_key"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="stored_file_size"),
            models.CheckConstraint(condition=models.Q(status__in=FileStatus.values), name="stored_file_status_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="stored_file_created"),
        ]


class Attachment(Versioned, SoftDelete, TenantModel):
    """A file on a record. Whoever may see the record sees the file, whoever may change the record changes its files.

    `record_id` None: a draft, seen by its uploader alone. `name` is what people see and get, `original_name` what it
    was called when it came. `size` and `content_type` are the stored file's, for sums and filters. `uploaded_by` is
    the id of the actor.
    """

    entity_id = "attachments.attachment"

    file = TenantForeignKey(StoredFile, models.PROTECT, related_name="+", editable=False)
    file_id: UUID
    entity = models.CharField(_("kind of record"), max_length=100, editable=False)
    record_id = models.UUIDField(_("record"), null=True, editable=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    original_name = models.CharField(_("original name"), max_length=LONGEST_NAME, editable=False)
    note = models.CharField(_("note"), max_length=500, default="", blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    size = models.BigIntegerField(_("size"), editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    uploaded_by = models.UUIDField(_("uploaded by"), null=True, editable=False)

    class Meta:
        db_table = "attachment"
        verbose_name = _("file")
        verbose_name_plural = _("files")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "file"], name="attachment_one_for_each_file"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "entity", "record_id", "position", "id"], name="attachment_record"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="attachment_created"),
            models.Index(fields=["tenant_id", "name", "id"], name="attachment_name"),
            models.Index(fields=["tenant_id", "size", "id"], name="attachment_size"),
            models.Index(fields=["tenant_id", "deleted_at", "id"], name="attachment_deleted"),
            models.Index(
                fields=["tenant_id"], include=["size"], condition=SoftDelete.ALIVE, name="attachment_room_taken"
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def is_draft(self) -> bool:
        """Say whether it belongs to no record yet."""
        return self.record_id is None


class Quota(TenantModel):
    """How much room the tenant's files may take, where it is not what the installation gives to everybody.

    Set by whoever runs the installation, never by the tenant itself.
    """

    audited = False
    unaudited_reason = "Whoever runs the installation sets it, not somebody in the tenant who could take it back."

    limit = models.BigIntegerField()

    class Meta:
        db_table = "attachment_quota"
        base_manager_name = "objects"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["tenant_id"], name="attachment_quota_tenant"),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="attachment_quota_limit"),
        ]
